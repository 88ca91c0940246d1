/* ranking.h - every number that the order of results hangs on, but for the weights of the
 * fields, which the index holds (schema.h). What each was chosen from, with figures:
 * doc/decisions.md, "The numbers of the ranking"; `make eval` measures them again.
 *
 *   weight of a word   idf x (times it occurs where it does)^cs_topical x repeats in the query
 *   first search       the words' weights, each x BM25's saturation, added up; x (1 +
 *                      cs_all_words) for a passage with all of them; x cs_says_little
 *   second look        the best cs_reranked hits gain by words of the query that are near each
 *                      other, by what their study has and they lack, and by words that the
 *                      best of them have in common; each gain x cs_says_little
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_RANKING_H
#define CS_RANKING_H

/* BM25 (Robertson and Zaragoza 2009). */
#define cs_bm25_k1 1.6  /* flat from 1.3 to 2 */
#define cs_bm25_b  0.65 /* flat from 0.5 to 0.75 */
#define cs_bm25_k3 8.0  /* a word typed twice counts 1.8 times: long queries */
#define cs_topical 0.6  /* flat from 0.5 to 0.9; 0 costs a point */

/* The form that was typed outweighs the other forms of its stem by so much. */
#define cs_exact_boost 0.4 /* flat from 0.15 to 0.6 */

/* A synonym weighs so much of what the word itself would. */
#define cs_synonym_weight 0.3

/* A passage with all the words weighs this much more than their sum. */
#define cs_all_words 0.1 /* flat from 0.05 to 0.3 */

/* A list of sources names what others say, a table of contents where it stands, questions without
 * an answer say nothing. */
#define cs_says_little 0.5 /* flat from 0.5 to 0.7 */

/* ---- the second look (rerank.c) ---------------------------------------------------- */

enum {
    cs_reranked = 50,       /* hits looked at; 100 is no better */
    cs_near_window = 5,     /* words of a pair are less than so many places apart; 8 is as good */
    cs_feedback_hits = 10,  /* taken for right, each of another study; 5 is as good */
    cs_feedback_least = 2,  /* of them must have a word; 3 costs a little */
    cs_feedback_words = 20, /* 10 to 40 are as good */
    cs_feedback_kept = 3    /* hits keep their places: known items; 1 to 5 are as good */
};

/* Pairs of words that follow each other in the query: parts of their weight, and a k1. */
#define cs_near_ordered   0.1  /* 0 to 0.3; 0.6 costs a little */
#define cs_near_unordered 0.35 /* flat from 0.25 to 0.5 */
#define cs_near_k         0.5  /* flat from 0.3 to 1 */

/* Part of what a study has of the query and this passage of it lacks. */
#define cs_from_study 0.1 /* 0.2 is better on own, worse on awsdocs-dev */

/* Part of the weight that the best of the words in common has. */
#define cs_feedback 0.4 /* flat from 0.3 to 0.6 */

#endif
