/* document.h - from a passage to the terms of its document: the writing side of
 * schema.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_DOCUMENT_H
#define CS_DOCUMENT_H

#include "schema.h"
#include "xapian-c.h"

/* Makes documents; for one thread. */
typedef struct cs_document_maker cs_document_maker;

cs_status cs_document_maker_new(cs_document_maker **ret_maker, cs_error *error);
void cs_document_maker_free(cs_document_maker *maker);

/* The document of a passage of `file`, valid until the next call. */
cs_status cs_document_make(cs_document_maker *maker, const cs_file *file, const cs_passage *passage,
                           xc_document **ret_document, cs_error *error);

#endif
