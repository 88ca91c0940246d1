/* xapian-c.cc - the C wrapper over libxapian; the only file that includes
 * <xapian.h>. What each function promises stands in xapian-c.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "xapian-c.h"

#include <xapian.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace
{

/* ---- Errors -------------------------------------------------------------- */

struct ErrorType {
    const char *name;      /* what Xapian::Error::get_type() returns */
    xc_status status;      /* when the system gave a reason (errno) */
    xc_status without_sys; /* when it gave none: then the bytes are at fault */
};

const ErrorType error_types[] = {
    {"AssertionError", XC_INVALID, XC_INVALID},
    {"DatabaseClosedError", XC_CLOSED, XC_CLOSED},
    {"DatabaseCorruptError", XC_CORRUPT, XC_CORRUPT},
    {"DatabaseCreateError", XC_IO, XC_IO},
    {"DatabaseError", XC_IO, XC_CORRUPT}, /* "EOF reading block" is one of these */
    {"DatabaseLockError", XC_LOCKED, XC_LOCKED},
    {"DatabaseModifiedError", XC_MODIFIED, XC_MODIFIED},
    {"DatabaseNotFoundError", XC_NOT_FOUND, XC_NOT_FOUND},
    {"DatabaseOpeningError", XC_IO, XC_CORRUPT},
    {"DatabaseVersionError", XC_VERSION, XC_VERSION},
    {"DocNotFoundError", XC_NOT_FOUND, XC_NOT_FOUND},
    {"FeatureUnavailableError", XC_UNSUPPORTED, XC_UNSUPPORTED},
    {"InvalidArgumentError", XC_INVALID, XC_INVALID},
    {"InvalidOperationError", XC_INVALID, XC_INVALID},
    {"NetworkError", XC_NETWORK, XC_NETWORK},
    {"NetworkTimeoutError", XC_NETWORK, XC_NETWORK},
    {"QueryParserError", XC_INVALID, XC_INVALID},
    {"RangeError", XC_INVALID, XC_INVALID},
    {"SerialisationError", XC_CORRUPT, XC_CORRUPT},
    {"UnimplementedError", XC_UNSUPPORTED, XC_UNSUPPORTED},
    {"WildcardError", XC_UNSUPPORTED, XC_UNSUPPORTED},
};

/* Xapian throws InvalidArgumentError for it, too late; see xc_document_add_term. */
struct TermTooLong {
};

xc_status status_of(const char *type, bool has_system_reason)
{
    for (const ErrorType &known : error_types) {
        if (std::strcmp(type, known.name) == 0)
            return has_system_reason ? known.status : known.without_sys;
    }
    return XC_INTERNAL;
}

/* Fills `error`; never allocates, for it runs inside a catch block. */
xc_status report(xc_error *error, xc_status status, const char *type, const char *message,
                 const char *reason) noexcept
{
    if (!error)
        return status;
    error->status = status;
    std::snprintf(error->type, sizeof error->type, "%s", type);
    int length = std::snprintf(error->message, sizeof error->message, "%s%s%s", message,
                               reason ? ": " : "", reason ? reason : "");
    if (length >= static_cast<int>(sizeof error->message)) {
        size_t end = sizeof error->message - 1; /* do not end within a UTF-8 sequence */
        while (end > 0 && (error->message[end - 1] & 0xC0) == 0x80)
            --end;
        if (end > 0 && (error->message[end - 1] & 0x80))
            --end;
        error->message[end] = '\0';
    }
    for (char *c = error->message; *c; ++c) {
        if (static_cast<unsigned char>(*c) < 0x20 || *c == 0x7F)
            *c = ' ';
    }
    return status;
}

xc_status report(xc_error *error, const Xapian::Error &thrown) noexcept
{
    const char *reason = nullptr;
    try {
        reason = thrown.get_error_string();
    } catch (...) { /* it builds a string: without memory the reason is left out */
    }
    return report(error, status_of(thrown.get_type(), reason != nullptr), thrown.get_type(),
                  thrown.get_msg().c_str(), reason);
}

/* Runs `body` and turns whatever it throws into a status. Every function that
 * can throw goes through here. */
template <typename Body> xc_status guarded(xc_error *error, Body &&body) noexcept
{
    try {
        body();
        return XC_OK;
    } catch (const Xapian::Error &thrown) {
        return report(error, thrown);
    } catch (const TermTooLong &) {
        return report(error, XC_TERM_TOO_LONG, "TermTooLong", "term is longer than 245 bytes",
                      nullptr);
    } catch (const std::bad_alloc &) {
        return report(error, XC_MEMORY, "bad_alloc", "out of memory", nullptr);
    } catch (const std::exception &thrown) {
        return report(error, XC_INTERNAL, "exception", thrown.what(), nullptr);
    } catch (...) {
        return report(error, XC_INTERNAL, "unknown", "unknown exception", nullptr);
    }
}

/* ---- Strings and arrays --------------------------------------------------- */

std::string bytes(const char *text, size_t length)
{
    return length == 0 ? std::string() : std::string(text, length);
}

std::string checked_term(const char *text, size_t length)
{
    if (length == 0)
        throw Xapian::InvalidArgumentError("empty term");
    if (length > xc_term_max)
        throw TermTooLong();
    auto nuls = static_cast<size_t>(std::count(text, text + length, '\0'));
    if (length + nuls > xc_term_max)
        throw TermTooLong();
    return std::string(text, length);
}

/* Document data of 4 GB or more is stored modulo 2^32, silently. */
std::string checked_data(const char *text, size_t length)
{
    if (length > UINT32_MAX)
        throw Xapian::InvalidArgumentError("document data or value of 4 GB or more");
    return bytes(text, length);
}

/* Zeroed and never NULL; the C side frees it. */
template <typename T> T *c_array(size_t count)
{
    void *memory = std::calloc(std::max<size_t>(count, 1), sizeof(T));
    if (!memory)
        throw std::bad_alloc();
    return static_cast<T *>(memory);
}

char *c_string(const std::string &text)
{
    char *copy = c_array<char>(text.size() + 1);
    std::memcpy(copy, text.data(), text.size());
    return copy;
}

/* ---- Paths made here ------------------------------------------------------ */

/* A file or directory that we made, removed again unless it is kept. */
class Provisional
{
  public:
    explicit Provisional(std::string path) : path_(std::move(path))
    {
    }
    Provisional(const Provisional &) = delete;
    Provisional &operator=(const Provisional &) = delete;
    ~Provisional()
    {
        std::error_code ignored;
        if (!kept_)
            std::filesystem::remove_all(path_, ignored);
    }
    const std::string &path() const
    {
        return path_;
    }
    void keep()
    {
        kept_ = true;
    }

  private:
    std::string path_;
    bool kept_ = false;
};

[[noreturn]] void cannot_create(const std::string &path, int reason)
{
    throw Xapian::DatabaseCreateError(path + ": cannot create", reason);
}

std::string make_file(const std::string &path)
{
    int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0)
        cannot_create(path, errno);
    close(fd);
    return path;
}

std::string make_directory(const std::string &path)
{
    if (mkdir(path.c_str(), 0777) != 0)
        cannot_create(path, errno);
    return path;
}

std::string make_scratch_beside(const std::string &path)
{
    std::string scratch = path + ".XXXXXX";
    if (!mkdtemp(scratch.data()))
        cannot_create(scratch, errno);
    return scratch;
}

/* ---- Compaction ----------------------------------------------------------- */

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

} // namespace

/* ---- The handles ----------------------------------------------------------- */

struct xc_stem {
    Xapian::Stem stem;
};

struct xc_document {
    Xapian::Document document;
};

struct xc_writer {
    Provisional directory; /* declared first: removed after the database is closed */
    Xapian::WritableDatabase database;
    uint32_t added = 0;

    explicit xc_writer(const std::string &path) : directory(make_directory(path))
    {
    }
};

struct xc_database {
    Xapian::Database database;
    std::unordered_map<std::string, size_t> shard_of_uuid;

    void add_shard(const Xapian::Database &shard)
    {
        if (!shard_of_uuid.emplace(shard.get_uuid(), shard_of_uuid.size()).second)
            throw Xapian::InvalidArgumentError("two of the databases are copies of one");
        database.add_database(shard);
    }
};

namespace
{

/* ---- The accept leaf ------------------------------------------------------- */

/* A posting source hears only of one shard's Xapian::Database, by init(), and
 * knows it again by its uuid. The table for that is that of the search which
 * this thread is in; an outer search comes back when an inner one ends. */
thread_local const xc_database *searched = nullptr;

struct Searching {
    const xc_database *const outer = searched;

    explicit Searching(const xc_database *database)
    {
        searched = database;
    }
    ~Searching()
    {
        searched = outer;
    }
};

struct AcceptRule {
    xc_accept_fn accept;
    void *context;
    uint32_t estimate;
    bool negated; /* match what accept refuses */

    bool costly() const
    {
        return estimate == UINT32_MAX;
    }
};

class AcceptSource final : public Xapian::PostingSource
{
  public:
    explicit AcceptSource(const AcceptRule &rule) : rule_(rule)
    {
    }
    PostingSource *clone() const override
    {
        return new AcceptSource(rule_);
    }
    std::string get_description() const override
    {
        return rule_.negated ? "not accept" : "accept";
    }

    void init(const Xapian::Database &database) override
    {
        auto found = searched->shard_of_uuid.find(database.get_uuid());
        if (found == searched->shard_of_uuid.end())
            throw Xapian::InternalError("a shard that was not opened");
        shard_ = found->second;
        database_ = database;
        all_ = database_.postlist_begin(std::string());
        floor_ = position_ = 0;
        ended_ = false;
    }

    Xapian::doccount get_termfreq_min() const override
    {
        return 0;
    }
    Xapian::doccount get_termfreq_est() const override
    {
        return std::min(rule_.estimate, get_termfreq_max());
    }
    /* The matcher asks the side with the highest estimate last, and by check().
     * One more than there are documents is still an upper bound, and puts a
     * costly leaf behind a term that every document has. */
    Xapian::doccount get_termfreq_max() const override
    {
        return database_.get_doccount() + (rule_.costly() ? 1 : 0);
    }

    void next(double) override
    {
        advance(position_ + 1);
    }
    void skip_to(Xapian::docid docid, double) override
    {
        advance(docid);
    }
    /* Says only whether `docid` matches: the default would look for the next
     * match and so ask about documents that no other part of the query has.
     * At the end it must say so by true, for the matcher asks no further. */
    bool check(Xapian::docid docid, double) override
    {
        position_ = docid;
        if (matches(docid))
            return true;
        ended_ = none_left();
        return ended_;
    }
    Xapian::docid get_docid() const override
    {
        return position_;
    }
    bool at_end() const override
    {
        return ended_;
    }

  private:
    bool matches(Xapian::docid docid)
    {
        return accepts(docid) != rule_.negated;
    }

    bool accepts(Xapian::docid docid)
    {
        if (docid < floor_)
            return false;
        uint32_t next = docid + 1;
        if (rule_.accept(rule_.context, shard_, docid, &next))
            return true;
        floor_ = std::max(next, docid + 1);
        return false;
    }

    bool none_left() const
    {
        return floor_ == UINT32_MAX && !rule_.negated;
    }

    /* Moves to the first match from `docid` on, over the numbers in use. */
    void advance(Xapian::docid docid)
    {
        const Xapian::PostingIterator end = database_.postlist_end(std::string());
        while (all_ != end && !none_left()) {
            all_.skip_to(rule_.negated ? docid : std::max(docid, floor_));
            if (all_ == end)
                break;
            position_ = *all_;
            if (matches(position_))
                return;
            docid = position_ + 1;
        }
        ended_ = true;
    }

    const AcceptRule rule_;
    size_t shard_ = 0;
    Xapian::Database database_;
    Xapian::PostingIterator all_; /* every document of the shard */
    Xapian::docid floor_ = 0;     /* no document before it is accepted */
    Xapian::docid position_ = 0;
    bool ended_ = false;
};

Xapian::Query accept_query(const AcceptRule &rule)
{
    auto source = std::make_unique<AcceptSource>(rule);
    return Xapian::Query(source.release()->release());
}

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

/* ---- Reading ---------------------------------------------------------------- */

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
    undo.release();
    return terms;
}

/* Xapian knows that it has seen all matches only when they are fewer than it
 * was told to look for, hence the one more. */
Xapian::MSet match(const xc_database &database, const Xapian::Query &query, const xc_bm25 &bm25,
                   uint32_t max, uint32_t check_at_least)
{
    Searching searching(&database);
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
    undo.release();
    return copy;
}

} // namespace

/* ---- The C functions --------------------------------------------------------- */

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
        compact_into(made.path(), std::vector<std::string>(paths, paths + count), single_file);
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
