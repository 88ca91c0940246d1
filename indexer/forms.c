/* forms.c - see forms.h. A form is one string, "language NUL stem NUL word": the order of
 * these bytes is that of the three.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "forms.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "hash.h"

enum { first_slots = 1 << 12 /* a power of two */ };

struct cs_forms {
    cs_arena arena;
    struct {
        cs_view *items; /* in the arena */
        size_t count, cap;
    } list;
    uint32_t *slots; /* index + 1 into the list, at its hash or after; 0: none */
    size_t slot_count;
    cs_buf key;
};

cs_status cs_forms_new(cs_forms **ret_forms, cs_error *error)
{
    cs_forms *forms = calloc(1, sizeof *forms);
    if (forms == NULL)
        return cs_fail_memory(error);
    cs_buf_init(&forms->key, 1 << 16);
    forms->slot_count = first_slots;
    forms->slots = calloc(forms->slot_count, sizeof *forms->slots);
    if (forms->slots == NULL) {
        cs_forms_free(forms);
        return cs_fail_memory(error);
    }
    *ret_forms = forms;
    return CS_OK;
}

void cs_forms_free(cs_forms *forms)
{
    if (forms == NULL)
        return;
    cs_arena_release(&forms->arena);
    cs_buf_release(&forms->key);
    free(forms->list.items);
    free(forms->slots);
    free(forms);
}

static uint32_t *slot_of(const cs_forms *forms, cs_view form)
{
    for (uint64_t i = cs_hash(form.data, form.len);; i++) {
        uint32_t *slot = &forms->slots[i & (forms->slot_count - 1)];
        if (*slot == 0 || cs_view_equal(forms->list.items[*slot - 1], form))
            return slot;
    }
}

/* Twice as many slots. False without memory. */
static bool grow(cs_forms *forms)
{
    uint32_t *slots = calloc(forms->slot_count * 2, sizeof *slots);
    if (slots == NULL)
        return false;
    free(forms->slots);
    forms->slots = slots;
    forms->slot_count *= 2;
    for (size_t i = 0; i < forms->list.count; i++)
        *slot_of(forms, forms->list.items[i]) = (uint32_t)i + 1;
    return true;
}

static bool add_one(cs_forms *forms, cs_view form)
{
    uint32_t *slot = slot_of(forms, form);
    if (*slot != 0)
        return true;
    cs_view *added = CS_PUSH(&forms->list);
    if (added == NULL)
        return false;
    *added = cs_arena_copy(&forms->arena, form);
    *slot = (uint32_t)forms->list.count;
    return !forms->arena.failed && (forms->list.count < forms->slot_count / 2 || grow(forms));
}

cs_status cs_forms_add(cs_forms *forms, const cs_store *store, cs_error *error)
{
    for (size_t l = 0; l < store->languages.count; l++) {
        const cs_language *language = &store->languages.items[l];
        for (uint32_t i = 0; i < language->count; i++) {
            cs_view stem, word;
            if (!cs_store_form(store, language->first + i, &stem, &word))
                continue;
            cs_buf_clear(&forms->key);
            cs_buf_add_view(&forms->key, language->code);
            cs_buf_add_char(&forms->key, '\0');
            cs_buf_add_view(&forms->key, stem);
            cs_buf_add_char(&forms->key, '\0');
            cs_buf_add_view(&forms->key, word);
            if (cs_buf_status(&forms->key) != CS_OK || !add_one(forms, cs_buf_view(&forms->key)))
                return cs_fail_memory(error);
        }
    }
    return CS_OK;
}

static int compare(const void *a, const void *b)
{
    return cs_view_compare(*(const cs_view *)a, *(const cs_view *)b);
}

/* Takes what stands before the next NUL off a form. */
static cs_view take(cs_view *form)
{
    cs_view part = {form->data, strlen(form->data)};
    form->data += part.len + 1;
    form->len -= part.len + 1;
    return part;
}

cs_status cs_forms_write(cs_forms *forms, cs_store_writer *store, cs_error *error)
{
    cs_view language = {NULL, 0};
    cs_status status = CS_OK;
    if (forms->list.count > 1)
        qsort(forms->list.items, forms->list.count, sizeof *forms->list.items, compare);
    for (size_t i = 0; i < forms->list.count && status == CS_OK; i++) {
        cs_view word = forms->list.items[i], code = take(&word), stem = take(&word);
        if (language.data == NULL || !cs_view_equal(language, code))
            status = cs_store_writer_add_language(store, language = code, error);
        if (status == CS_OK)
            status = cs_store_writer_add_form(store, stem, word, error);
    }
    return status;
}
