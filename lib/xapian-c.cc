/* xapian-c.cc - the C wrapper over libxapian. What each function promises stands
 * in xapian-c.h; what they share, in xapian-c.hh.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "xapian-c.hh"
#include "xapian-c-class.hh"

namespace
{

/* ---- Compaction -------------------------------------------------------------------- */

/* How many databases may be open at once: a directory takes up to six
 * descriptors; a quarter of the limit, at least 64, is left to everybody else. */
size_t compact_fan_in()
{
    const rlim_t per_database = 6;
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        limit.rlim_cur = 256;
    rlim_t most = std::min<rlim_t>(limit.rlim_cur, 1U << 16);
    rlim_t reserve = std::max<rlim_t>(most / 4, 64);
    rlim_t usable = most > reserve ? most - reserve : 0;
    return static_cast<size_t>(std::max<rlim_t>(usable / per_database, 2));
}

void merge(const std::vector<std::string> &paths, size_t first, size_t end,
           const std::string &destination, unsigned flags)
{
    Xapian::Database all;
    for (size_t i = first; i < end; ++i)
        all.add_database(Xapian::Database(paths[i], Xapian::DB_BACKEND_GLASS));
    all.compact(destination, flags);
}

/* One level of merging: neighbours go together, so the order holds. */
std::vector<std::string> merge_groups(const std::vector<std::string> &paths, size_t fan_in,
                                      const std::string &prefix)
{
    const size_t groups = (paths.size() + fan_in - 1) / fan_in;
    std::vector<std::string> merged;
    for (size_t i = 0; i < groups; ++i) {
        merged.push_back(prefix + std::to_string(i));
        merge(paths, paths.size() * i / groups, paths.size() * (i + 1) / groups, merged.back(),
              Xapian::Compactor::STANDARD);
    }
    return merged;
}

void compact_into(const std::string &destination, std::vector<std::string> paths, bool single_file)
{
    const size_t fan_in = compact_fan_in();
    std::optional<Provisional> scratch;
    if (paths.size() > fan_in)
        scratch.emplace(make_scratch_beside(destination));
    for (size_t level = 0; paths.size() > fan_in; ++level)
        paths = merge_groups(paths, fan_in, scratch->path() + "/" + std::to_string(level) + "-");
    unsigned flags = Xapian::Compactor::FULL;
    if (single_file)
        flags |= Xapian::DBCOMPACT_SINGLE_FILE;
    merge(paths, 0, paths.size(), destination, flags);
}

/* A descriptor of a file that others write. The kernel tells each open descriptor
 * once of a write that failed later: Xapian's compaction syncs, but does not look at
 * what that says, and a descriptor opened afterwards might never hear of it. */
class Witness
{
  public:
    explicit Witness(const std::string &path) : fd_(open(path.c_str(), O_WRONLY | O_CLOEXEC))
    {
        if (fd_ < 0)
            cannot_create(path, errno);
    }
    Witness(const Witness &) = delete;
    Witness &operator=(const Witness &) = delete;
    ~Witness()
    {
        if (fd_ >= 0)
            close(fd_);
    }
    void sync()
    {
        int failed = fsync(fd_) != 0 ? errno : 0;
        if (close(std::exchange(fd_, -1)) != 0 && failed == 0)
            failed = errno;
        if (failed != 0)
            throw Xapian::DatabaseError("cannot sync the merged database", failed);
    }

  private:
    int fd_;
};

} // namespace

struct xc_query {
    Xapian::Query query;
    std::optional<AcceptRule> rule = std::nullopt; /* the query is an accept leaf */
};

namespace
{

const Xapian::Query::op query_ops[] = {
    Xapian::Query::OP_AND,       Xapian::Query::OP_OR,     Xapian::Query::OP_AND_NOT,
    Xapian::Query::OP_AND_MAYBE, Xapian::Query::OP_FILTER, Xapian::Query::OP_SYNONYM,
    Xapian::Query::OP_MAX,
};

bool takes_two(xc_op op)
{
    return op == XC_OP_AND_NOT || op == XC_OP_AND_MAYBE || op == XC_OP_FILTER;
}

Xapian::Query combined(xc_op op, xc_query *const *parts, size_t count)
{
    if (static_cast<size_t>(op) >= std::size(query_ops))
        throw Xapian::InvalidArgumentError("unknown query operator");
    if (count == 0 || (takes_two(op) && count != 2))
        throw Xapian::InvalidArgumentError("wrong number of parts for a query operator");
    /* Xapian's AND_NOT moves its right side to the next match each time, so it
     * would ask a costly leaf about documents that the left side has not. */
    if (op == XC_OP_AND_NOT && parts[1]->rule && parts[1]->rule->costly()) {
        AcceptRule refuse = *parts[1]->rule;
        refuse.negated = true;
        return Xapian::Query(Xapian::Query::OP_FILTER, parts[0]->query, accept_query(refuse));
    }
    std::vector<Xapian::Query> queries;
    for (size_t i = 0; i < count; ++i)
        queries.push_back(parts[i]->query);
    return Xapian::Query(query_ops[op], queries.begin(), queries.end());
}

/* ---- Reading ----------------------------------------------------------------------- */

Xapian::Database open_shard(int fd)
{
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    if (copy < 0)
        throw Xapian::DatabaseOpeningError("cannot duplicate a descriptor", errno);
    if (lseek(copy, 0, SEEK_SET) != 0) {
        int reason = errno;
        close(copy);
        throw Xapian::DatabaseOpeningError("cannot seek in a database file", reason);
    }
    return Xapian::Database(copy, Xapian::DB_BACKEND_GLASS); /* closes it, also when it throws */
}

using CountedTerm = std::pair<uint32_t, std::string>;

bool commoner(const CountedTerm &a, const CountedTerm &b)
{
    return a.first != b.first ? a.first > b.first : a.second < b.second;
}

/* The first `look` terms with the prefix in byte order, and one more if there is. */
std::vector<CountedTerm> terms_from(const Xapian::Database &database, const std::string &prefix,
                                    size_t look)
{
    std::vector<CountedTerm> found;
    const Xapian::TermIterator end = database.allterms_end(prefix);
    for (auto term = database.allterms_begin(prefix); term != end && found.size() <= look; ++term)
        found.emplace_back(term.get_termfreq(), *term);
    return found;
}

xc_terms commonest(std::vector<CountedTerm> found, size_t max, size_t look)
{
    const size_t all = found.size();
    found.resize(std::min(all, look));
    std::sort(found.begin(), found.end(), commoner);
    found.resize(std::min(found.size(), max));
    xc_terms terms = {c_array<xc_term>(found.size()), 0, all > found.size()};
    std::unique_ptr<xc_terms, void (*)(xc_terms *)> undo(&terms, xc_terms_free);
    for (const auto &[freq, text] : found) {
        terms.items[terms.count] = {c_string(text), text.size(), freq};
        ++terms.count;
    }
    static_cast<void>(undo.release());
    return terms;
}

/* Xapian knows that it has seen all matches only when they are fewer than it
 * was told to look for, hence the one more. */
Xapian::MSet match(const xc_database &database, const Xapian::Query &query, const xc_bm25 &bm25,
                   uint32_t max, uint32_t check_at_least)
{
    Searching searching(database, bm25);
    Xapian::Enquire enquire(database.database);
    enquire.set_query(query);
    enquire.set_weighting_scheme(
        Xapian::BM25Weight(bm25.k1, bm25.k2, bm25.k3, bm25.b, bm25.min_normlen));
    bool bounded = check_at_least != 0 && check_at_least != UINT32_MAX;
    return enquire.get_mset(0, max, check_at_least + (bounded ? 1 : 0));
}

xc_mset c_mset(const Xapian::MSet &mset, size_t shards, Xapian::doccount documents)
{
    xc_mset copy = {c_array<xc_match>(mset.size()), 0,
                    std::min(mset.get_matches_lower_bound(), documents),
                    std::min(mset.get_matches_estimated(), documents),
                    std::min(mset.get_matches_upper_bound(), documents)};
    std::unique_ptr<xc_mset, void (*)(xc_mset *)> undo(&copy, xc_mset_free);
    for (Xapian::MSetIterator it = mset.begin(); it != mset.end(); ++it) {
        size_t merged = *it - 1; /* Xapian deals the numbers of the shards out in turn */
        copy.items[copy.count++] = {static_cast<uint32_t>(merged % shards),
                                    static_cast<uint32_t>(merged / shards + 1), it.get_weight()};
    }
    static_cast<void>(undo.release());
    return copy;
}

} // namespace

/* ---- The C functions --------------------------------------------------------------- */

const char *xc_status_name(xc_status status)
{
    static const char *const names[] = {
        "ok",     "invalid", "not_found", "locked",      "corrupt",       "version", "modified",
        "closed", "io",      "network",   "unsupported", "term_too_long", "memory",  "internal",
    };
    return static_cast<size_t>(status) < std::size(names) ? names[status] : "unknown";
}

const char *xc_version(void)
{
    return Xapian::version_string();
}

xc_status xc_stem_new(const char *language, xc_stem **ret_stem, xc_error *error)
{
    return guarded(error, [&] { *ret_stem = new xc_stem{Xapian::Stem(language)}; });
}

void xc_stem_free(xc_stem *stem)
{
    delete stem;
}

xc_status xc_stem_word(xc_stem *stem, const char *word, size_t length, char *buffer, size_t size,
                       size_t *ret_length, xc_error *error)
{
    return guarded(error, [&] {
        const std::string result = stem->stem(bytes(word, length));
        if (result.size() > size)
            throw Xapian::InvalidArgumentError("the stem does not fit the buffer");
        std::copy(result.begin(), result.end(), buffer);
        *ret_length = result.size();
    });
}

xc_status xc_document_new(xc_document **ret_document, xc_error *error)
{
    return guarded(error, [&] { *ret_document = new xc_document(); });
}

void xc_document_free(xc_document *document)
{
    delete document;
}

xc_status xc_document_clear(xc_document *document, xc_error *error)
{
    return guarded(error, [&] { document->document = Xapian::Document(); });
}

xc_status xc_document_add_term(xc_document *document, const char *term, size_t length, uint32_t wdf,
                               xc_error *error)
{
    return guarded(error, [&] { document->document.add_term(checked_term(term, length), wdf); });
}

xc_status xc_document_set_value(xc_document *document, uint32_t slot, const char *value,
                                size_t length, xc_error *error)
{
    return guarded(error, [&] { document->document.add_value(slot, checked_data(value, length)); });
}

xc_status xc_document_set_data(xc_document *document, const char *data, size_t length,
                               xc_error *error)
{
    return guarded(error, [&] { document->document.set_data(checked_data(data, length)); });
}

/* Why a path that exists cannot be created: if somebody writes there, say so. */
static void throw_if_locked(const std::string &path)
{
    struct stat found;
    if (stat((path + "/iamglass").c_str(), &found) == 0 &&
        Xapian::Database(path, Xapian::DB_BACKEND_GLASS).locked())
        throw Xapian::DatabaseLockError(path + ": another writer is at work there");
}

xc_status xc_writer_create(const char *path, unsigned flags, xc_writer **ret_writer,
                           xc_error *error)
{
    return guarded(error, [&] {
        throw_if_locked(path);
        auto writer = std::make_unique<xc_writer>(path);
        int xapian_flags = Xapian::DB_CREATE | Xapian::DB_BACKEND_GLASS;
        xapian_flags |= (flags & XC_WRITER_NO_TERMLIST) ? Xapian::DB_NO_TERMLIST : 0;
        xapian_flags |= (flags & XC_WRITER_NO_SYNC) ? Xapian::DB_NO_SYNC : 0;
        writer->database = Xapian::WritableDatabase(path, xapian_flags);
        writer->database.begin_transaction(false);
        *ret_writer = writer.release();
    });
}

xc_status xc_writer_add(xc_writer *writer, xc_document *document, uint32_t *ret_docid,
                        xc_error *error)
{
    return guarded(error, [&] {
        *ret_docid = writer->database.add_document(document->document);
        ++writer->added;
    });
}

xc_status xc_writer_commit(xc_writer *writer, xc_error *error)
{
    return guarded(error, [&] {
        writer->database.commit_transaction();
        writer->database.commit(); /* the transaction is an unflushed one */
        if (writer->database.get_doccount() != writer->added)
            throw Xapian::InternalError("documents were lost while writing");
        writer->database.close();
        writer->directory.keep();
    });
}

void xc_writer_free(xc_writer *writer)
{
    delete writer; /* inside its transaction the database cancels */
}

xc_status xc_compact(const char *const *paths, size_t count, const char *destination,
                     bool single_file, xc_error *error)
{
    return guarded(error, [&] {
        if (count == 0)
            throw Xapian::InvalidArgumentError("nothing to compact");
        Provisional made(single_file ? make_file(destination) : make_directory(destination));
        std::optional<Witness> witness;
        if (single_file)
            witness.emplace(made.path());
        compact_into(made.path(), std::vector<std::string>(paths, paths + count), single_file);
        if (witness)
            witness->sync();
        made.keep();
    });
}

xc_status xc_database_open(const int *fds, size_t count, xc_database **ret_database,
                           xc_error *error)
{
    return guarded(error, [&] {
        auto database = std::make_unique<xc_database>();
        for (size_t i = 0; i < count; ++i)
            database->add_shard(open_shard(fds[i]));
        *ret_database = database.release();
    });
}

xc_status xc_database_open_directory(const char *path, xc_database **ret_database, xc_error *error)
{
    return guarded(error, [&] {
        auto database = std::make_unique<xc_database>();
        database->add_shard(Xapian::Database(path, Xapian::DB_BACKEND_GLASS));
        *ret_database = database.release();
    });
}

void xc_database_free(xc_database *database)
{
    delete database;
}

void xc_database_set_lengths(xc_database *database, xc_length_fn length, void *context)
{
    database->length = length;
    database->length_context = context;
}

xc_status xc_database_doc_count(xc_database *database, uint32_t *ret_count, xc_error *error)
{
    return guarded(error, [&] { *ret_count = database->database.get_doccount(); });
}

xc_status xc_database_term_freq(xc_database *database, const char *term, size_t length,
                                uint32_t *ret_freq, xc_error *error)
{
    return guarded(
        error, [&] { *ret_freq = database->database.get_termfreq(checked_term(term, length)); });
}

xc_status xc_database_term_count(xc_database *database, const char *term, size_t length,
                                 uint64_t *ret_count, xc_error *error)
{
    return guarded(error, [&] {
        *ret_count = database->database.get_collection_freq(checked_term(term, length));
    });
}

xc_status xc_database_average_length(xc_database *database, double *ret_length, xc_error *error)
{
    return guarded(error, [&] { *ret_length = database->database.get_avlength(); });
}

xc_status xc_database_terms(xc_database *database, const char *prefix, size_t length, size_t max,
                            size_t look, xc_terms *ret_terms, xc_error *error)
{
    return guarded(error, [&] {
        auto found = terms_from(database->database, bytes(prefix, length), look);
        *ret_terms = commonest(std::move(found), max, look);
    });
}

void xc_terms_free(xc_terms *terms)
{
    if (!terms)
        return;
    for (size_t i = 0; i < terms->count; ++i)
        std::free(terms->items[i].text);
    std::free(terms->items);
    *terms = xc_terms();
}

xc_status xc_query_term(const char *term, size_t length, xc_query **ret_query, xc_error *error)
{
    return guarded(error,
                   [&] { *ret_query = new xc_query{Xapian::Query(checked_term(term, length))}; });
}

xc_status xc_query_all(xc_query **ret_query, xc_error *error)
{
    /* Not Query::MatchAll, whose reference count all threads would share. */
    return guarded(error, [&] { *ret_query = new xc_query{Xapian::Query(std::string())}; });
}

xc_status xc_query_nothing(xc_query **ret_query, xc_error *error)
{
    return guarded(error, [&] { *ret_query = new xc_query{Xapian::Query()}; });
}

xc_status xc_query_combine(xc_op op, xc_query *const *parts, size_t count, xc_query **ret_query,
                           xc_error *error)
{
    return guarded(error, [&] { *ret_query = new xc_query{combined(op, parts, count)}; });
}

xc_status xc_query_scale(xc_query *query, double factor, xc_query **ret_query, xc_error *error)
{
    return guarded(error, [&] {
        if (!std::isfinite(factor)) /* below 0 Xapian itself refuses */
            throw Xapian::InvalidArgumentError("a weight cannot be scaled by that");
        *ret_query = new xc_query{Xapian::Query(factor, query->query)};
    });
}

xc_status xc_query_accept(xc_accept_fn accept, void *context, uint32_t estimate,
                          xc_query **ret_query, xc_error *error)
{
    return guarded(error, [&] {
        AcceptRule rule = {accept, context, estimate, false};
        *ret_query = new xc_query{accept_query(rule), rule};
    });
}

xc_status xc_query_class(const xc_class_term *terms, size_t count, double scale,
                         xc_query **ret_query, xc_error *error)
{
    return guarded(error, [&] {
        ClassRule rule = {{}, scale};
        if (count == 0 || !std::isfinite(scale) || scale < 0)
            throw Xapian::InvalidArgumentError("a class without terms, or an impossible weight");
        for (size_t i = 0; i < count; ++i)
            rule.terms.push_back(
                {checked_term(terms[i].term, terms[i].length), terms[i].boost, terms[i].freq});
        *ret_query = new xc_query{class_query(rule)};
    });
}

xc_status xc_query_describe(xc_query *query, char **ret_text, xc_error *error)
{
    return guarded(error, [&] { *ret_text = c_string(query->query.get_description()); });
}

void xc_query_free(xc_query *query)
{
    delete query;
}

xc_status xc_search(xc_database *database, xc_query *query, const xc_bm25 *weighting, uint32_t max,
                    uint32_t check_at_least, xc_mset *ret_mset, xc_error *error)
{
    return guarded(error, [&] {
        const size_t shards = database->shard_of_uuid.size();
        Xapian::MSet mset; /* stays empty without a shard, which Enquire refuses */
        if (shards > 0)
            mset = match(*database, query->query, *weighting, max, check_at_least);
        *ret_mset = c_mset(mset, shards, database->database.get_doccount());
    });
}

void xc_mset_free(xc_mset *mset)
{
    if (!mset)
        return;
    std::free(mset->items);
    *mset = xc_mset();
}
