/* xapian-c.hh - what xapian-c.cc is made of: exceptions as statuses, strings, the
 * handles, the leaf of a query that asks back. The only file that includes
 * <xapian.h>; for xapian-c.cc alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XAPIAN_C_HH
#define XAPIAN_C_HH

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

namespace xc_inside
{

/* ---- Errors ------------------------------------------------------------------------ */

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

/* ---- Strings and arrays ------------------------------------------------------------ */

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

/* ---- Paths made here --------------------------------------------------------------- */

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
    int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        cannot_create(path, errno);
    close(fd);
    return path;
}

std::string make_directory(const std::string &path)
{
    if (mkdir(path.c_str(), 0700) != 0)
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

} // namespace xc_inside

using namespace xc_inside;

/* ---- The handles ------------------------------------------------------------------- */

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
    xc_length_fn length = nullptr; /* of a document; null: Xapian knows it too, but slowly */
    void *length_context = nullptr;

    void add_shard(const Xapian::Database &shard)
    {
        if (!shard_of_uuid.emplace(shard.get_uuid(), shard_of_uuid.size()).second)
            throw Xapian::InvalidArgumentError("two of the databases are copies of one");
        database.add_database(shard);
    }
};

namespace xc_inside
{

/* ---- The search at hand ------------------------------------------------------------ */

/* A posting source hears only of one shard's Xapian::Database, by init(), and
 * knows it again by its uuid. The table for that is that of the search which
 * this thread is in; an outer search comes back when an inner one ends. */
struct Searching;
thread_local const Searching *current = nullptr;

struct Searching {
    const xc_database &database;
    const xc_bm25 &bm25;
    const double average; /* length of a document */
    const Searching *const outer = current;

    Searching(const xc_database &searched, const xc_bm25 &weighting)
        : database(searched), bm25(weighting),
          average(std::max(searched.database.get_average_length(), 1.0))
    {
        current = this;
    }
    Searching(const Searching &) = delete;
    Searching &operator=(const Searching &) = delete;
    ~Searching()
    {
        current = outer;
    }

    size_t shard(const Xapian::Database &one) const
    {
        auto found = database.shard_of_uuid.find(one.get_uuid());
        if (found == database.shard_of_uuid.end())
            throw Xapian::InternalError("a shard that was not opened");
        return found->second;
    }

    /* BM25 without the inverse document frequency. */
    double weigh(double tf, double length) const
    {
        double norm = std::max(length / average, bm25.min_normlen);
        return tf * (bm25.k1 + 1) / (tf + bm25.k1 * (norm * bm25.b + 1 - bm25.b));
    }
};

/* ---- The accept leaf --------------------------------------------------------------- */

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
        shard_ = current->shard(database);
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

} // namespace xc_inside

#endif
