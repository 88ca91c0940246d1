/* document.h - from a passage to the terms of its document: the writing side of
 * schema.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_DOCUMENT_H
#define CS_DOCUMENT_H

#include "vocabulary.h"
#include "xapian-c.h"

/* Makes documents; for one thread. */
typedef struct cs_document_maker cs_document_maker;

cs_status cs_document_maker_new(cs_document_maker **ret_maker, cs_error *error);
void cs_document_maker_free(cs_document_maker *maker);

/* The document of a passage of `file`, valid until the next call. The `first`
 * passage of a file has the terms of the whole file too. Sets passage->length and
 * passage->print. */
cs_status cs_document_make(cs_document_maker *maker, const cs_file *file, cs_passage *passage,
                           bool first, xc_document **ret_document, cs_error *error);

/* Hands the forms of words that are new since the last call to the store. */
cs_status cs_document_store_forms(cs_document_maker *maker, cs_store_writer *store,
                                  cs_error *error);

#endif
