/* xapian-c-class.hh - the leaf of a query that weighs several terms as one; for
 * xapian-c.cc alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XAPIAN_C_CLASS_HH
#define XAPIAN_C_CLASS_HH

#include "xapian-c.hh"

namespace xc_inside
{

struct ClassTerm {
    std::string name;
    double boost;
    Xapian::doccount freq;
};

struct ClassRule {
    std::vector<ClassTerm> terms;
    double scale;
};

/* Documents with any of the terms, weighed as if all were one. What the two kinds share;
 * they differ in how they come by the term frequency of the class. */
class ClassSource : public Xapian::PostingSource
{
  public:
    explicit ClassSource(const ClassRule &rule) : rule_(rule)
    {
    }
    std::string get_description() const override
    {
        std::string all;
        for (const auto &[term, boost, known] : rule_.terms)
            all += (all.empty() ? "" : " ") + term + "^" + std::to_string(boost).substr(0, 4);
        return std::to_string(rule_.scale).substr(0, 5) + " * class(" + all + ")";
    }

    void init(const Xapian::Database &database) override
    {
        database_ = database;
        shard_ = current->shard(database);
        const Xapian::doccount documents = database.get_doccount();
        double absent = 1, most = 0;
        least_ = all_ = 0;
        for (const auto &[term, boost, known] : rule_.terms) {
            const Xapian::doccount freq = database.get_termfreq(term);
            if (freq == 0)
                continue;
            least_ = std::max(least_, freq);
            all_ += std::min(freq, documents - all_);
            absent *= 1 - static_cast<double>(freq) / documents;
            most += boost * database.get_wdf_upper_bound(term);
        }
        likely_ = static_cast<Xapian::doccount>(std::lround(documents * (1 - absent)));
        set_maxweight(rule_.scale * current->weigh(most, database.get_doclength_lower_bound()));
        begin(database);
    }

    Xapian::doccount get_termfreq_min() const override
    {
        return least_;
    }
    Xapian::doccount get_termfreq_est() const override
    {
        return std::clamp(likely_, least_, all_);
    }
    Xapian::doccount get_termfreq_max() const override
    {
        return all_;
    }
    double get_weight() const override
    {
        const xc_database &searched = current->database;
        double length = searched.length
                            ? searched.length(searched.length_context, shard_, position_)
                            : database_.get_doclength(position_);
        return rule_.scale * current->weigh(frequency(), length);
    }
    Xapian::docid get_docid() const override
    {
        return position_;
    }
    bool at_end() const override
    {
        return position_ == 0;
    }

  protected:
    virtual void begin(const Xapian::Database &database) = 0;
    virtual double frequency() const = 0; /* boosted, at position_ */

    const ClassRule rule_;
    Xapian::docid position_ = 0; /* 0 at the end */

  private:
    Xapian::Database database_;
    size_t shard_ = 0;
    Xapian::doccount least_ = 0, likely_ = 0, all_ = 0;
};

/* Beyond so many terms, the commonest, a posting is cheaper to add up than to merge. */
constexpr size_t merged_terms = 8;

/* The commonest terms side by side, so that postings that nobody needs are skipped; the others,
 * which are few postings, added up in a list first. */
class MergedSource final : public ClassSource
{
  public:
    using ClassSource::ClassSource;
    PostingSource *clone() const override
    {
        return new MergedSource(rule_);
    }
    void next(double) override
    {
        for (Stream &s : streams_)
            if (s.docid == position_)
                s.settle(++s.at);
        while (rest_at_->docid == position_)
            ++rest_at_;
        find_first();
    }
    void skip_to(Xapian::docid docid, double) override
    {
        for (Stream &s : streams_)
            if (s.docid < docid) {
                s.at.skip_to(docid);
                s.settle(s.at);
            }
        rest_at_ = std::lower_bound(rest_at_, rest_.cend(), Sum{docid, 0});
        find_first();
    }

  private:
    struct Stream {
        Xapian::PostingIterator at;
        double boost;
        Xapian::docid docid = 0; /* UINT32_MAX at the end */

        void settle(const Xapian::PostingIterator &now)
        {
            docid = now == Xapian::PostingIterator() ? UINT32_MAX : *now;
        }
    };

    struct Sum {
        Xapian::docid docid;
        double frequency;

        bool operator<(const Sum &other) const
        {
            return docid < other.docid;
        }
    };

    void begin(const Xapian::Database &database) override
    {
        streams_.clear();
        rest_.clear();
        for (const auto &[term, boost, known] : rule_.terms)
            if (streams_.size() < merged_terms) {
                streams_.push_back({database.postlist_begin(term), boost});
                streams_.back().settle(streams_.back().at);
            } else {
                add_rest(database, term, boost);
            }
        std::sort(rest_.begin(), rest_.end());
        rest_.push_back({UINT32_MAX, 0});
        rest_at_ = rest_.cbegin();
        position_ = 0; /* which no stream is at: next() comes first */
    }
    void add_rest(const Xapian::Database &database, const std::string &term, double boost)
    {
        const Xapian::PostingIterator end;
        for (auto at = database.postlist_begin(term); at != end; ++at)
            rest_.push_back({*at, boost * at.get_wdf()});
    }
    void find_first()
    {
        Xapian::docid first = rest_at_->docid;
        for (const Stream &s : streams_)
            first = std::min(first, s.docid);
        position_ = first == UINT32_MAX ? 0 : first;
    }
    double frequency() const override
    {
        double sum = 0;
        for (const Stream &s : streams_)
            if (s.docid == position_)
                sum += s.boost * s.at.get_wdf();
        for (auto at = rest_at_; at->docid == position_; ++at)
            sum += at->frequency;
        return sum;
    }

    std::vector<Stream> streams_;
    std::vector<Sum> rest_; /* a posting each, by docid, and one that ends it */
    std::vector<Sum>::const_iterator rest_at_;
};

/* Many terms, such as a prefix has: added up in a table of all documents first. */
class SummedSource final : public ClassSource
{
  public:
    using ClassSource::ClassSource;
    PostingSource *clone() const override
    {
        return new SummedSource(rule_);
    }
    void next(double) override
    {
        advance(position_ + 1);
    }
    void skip_to(Xapian::docid docid, double) override
    {
        advance(std::max(docid, position_));
    }

  private:
    void begin(const Xapian::Database &database) override
    {
        const Xapian::PostingIterator end;
        frequency_.assign(size_t{database.get_lastdocid()} + 1, 0);
        for (const auto &[term, boost, known] : rule_.terms)
            for (auto at = database.postlist_begin(term); at != end; ++at)
                frequency_[*at] += static_cast<float>(boost * std::max(at.get_wdf(), 1U));
        position_ = 0;
    }
    void advance(Xapian::docid docid)
    {
        while (docid < frequency_.size() && frequency_[docid] == 0)
            ++docid;
        position_ = docid < frequency_.size() ? docid : 0;
    }
    double frequency() const override
    {
        return frequency_[position_];
    }

    std::vector<float> frequency_;
};

Xapian::Query class_query(ClassRule rule)
{
    const Xapian::doccount few = 2000; /* postings to sort */
    std::stable_sort(rule.terms.begin(), rule.terms.end(),
                     [](const ClassTerm &a, const ClassTerm &b) { return a.freq > b.freq; });
    uint64_t rest = 0;
    for (size_t i = merged_terms; i < rule.terms.size(); ++i)
        rest += rule.terms[i].freq;
    std::unique_ptr<Xapian::PostingSource> source;
    if (rest <= few)
        source = std::make_unique<MergedSource>(rule);
    else
        source = std::make_unique<SummedSource>(rule);
    return Xapian::Query(source.release()->release());
}

} // namespace xc_inside

#endif
