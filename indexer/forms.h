/* forms.h - the forms of words that several stores hold, each once and in order: what a
 * segment's store is given when those of its chunks are joined.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_FORMS_H
#define CS_FORMS_H

#include "store.h"

typedef struct cs_forms cs_forms;

cs_status cs_forms_new(cs_forms **ret_forms, cs_error *error);
void cs_forms_free(cs_forms *forms);

/* Copies the forms of a store: it may be closed afterwards. */
cs_status cs_forms_add(cs_forms *forms, const cs_store *store, cs_error *error);

/* Gives them to a store, which must be finished before they are freed. */
cs_status cs_forms_write(cs_forms *forms, cs_store_writer *store, cs_error *error);

#endif
