/* layout.cc - what each thing that a segment could hold costs in time and size, for
 * the choice of include/schema.h: the passages of an index are written into
 * databases of their words alone, and with one thing more at a time.
 *
 *   layout INDEX [PASSAGES]
 *
 * One thread, batches of cs_batch_documents, one compaction; the CPU time is that
 * of writing, of words cut beforehand.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <string>
#include <vector>

#include <xapian.h>

extern "C" {
#include "index.h"
#include "terms.h"
}

namespace
{

enum { batch_documents = 2000 };

struct Word {
    std::string term;
    Xapian::termpos position;
};

struct Passage {
    std::vector<Word> words;
    std::string text;
};

struct Layout {
    const char *name;
    bool positions, termlist, stems, text;
};

const Layout layouts[] = {
    {"words", false, false, false, false},
    {"+ positions", true, false, false, false},
    {"+ term lists", false, true, false, false},
    {"+ stems beside words", false, false, true, false},
    {"+ text as data", false, false, false, true},
};

std::vector<Passage> read_passages(const char *directory, size_t most)
{
    cs_index index;
    cs_error error = {};
    std::vector<Passage> passages;
    if (cs_index_open(directory, CS_INDEX_STORES, &index, &error) != CS_OK) {
        std::fprintf(stderr, "layout: %s\n", error.message);
        std::exit(1);
    }
    for (size_t s = 0; s < index.manifest.segments.count; s++)
        for (uint32_t i = 0; i < index.stores[s].passage_count && passages.size() < most; i++) {
            cs_view text = cs_schema_passage_text(cs_store_passage(&index.stores[s], i));
            Passage &passage = passages.emplace_back();
            passage.text.assign(text.data, text.len);
            cs_tokenizer tokenizer;
            cs_token token;
            cs_tokenizer_init(&tokenizer, text.data, text.len);
            while (cs_tokenizer_next(&tokenizer, &token))
                passage.words.push_back({{token.term.data, token.term.len}, token.position + 1});
        }
    cs_index_release(&index);
    return passages;
}

Xapian::Document document_of(const Passage &passage, const Layout &layout, Xapian::Stem &stem)
{
    Xapian::Document document;
    for (const Word &word : passage.words) {
        if (layout.positions)
            document.add_posting(word.term, word.position);
        else
            document.add_term(word.term);
        if (layout.stems)
            document.add_term("Z" + stem(word.term));
    }
    if (layout.text)
        document.set_data(passage.text);
    return document;
}

void write_batch(const std::vector<Passage> &passages, size_t first, const Layout &layout,
                 const std::string &path)
{
    int flags = Xapian::DB_CREATE | Xapian::DB_NO_SYNC | Xapian::DB_BACKEND_GLASS;
    Xapian::WritableDatabase database(path, flags | (layout.termlist ? 0 : Xapian::DB_NO_TERMLIST));
    Xapian::Stem stem("english");
    database.begin_transaction(false);
    for (size_t i = first; i < passages.size() && i < first + batch_documents; i++)
        database.add_document(document_of(passages[i], layout, stem));
    database.commit_transaction();
    database.commit();
}

void measure(const std::vector<Passage> &passages, const Layout &layout, const std::string &folder,
             double &base)
{
    std::clock_t begun = std::clock();
    Xapian::Database all;
    for (size_t first = 0; first < passages.size(); first += batch_documents) {
        std::string path = folder + "/" + std::to_string(first);
        write_batch(passages, first, layout, path);
        all.add_database(Xapian::Database(path));
    }
    std::string result = folder + "/all";
    all.compact(result, Xapian::DBCOMPACT_SINGLE_FILE);
    double seconds = double(std::clock() - begun) / CLOCKS_PER_SEC;
    base = base == 0 ? seconds : base;
    std::printf("%-22s %8.2f %8.2f %10.1f\n", layout.name, seconds, seconds / base,
                double(std::filesystem::file_size(result)) / 1e6);
}

} // namespace

int main(int argc, char **argv)
{
    if (argc < 2) {
        std::fputs("usage: layout INDEX [PASSAGES]\n", stderr);
        return 2;
    }
    try {
        std::vector<Passage> passages =
            read_passages(argv[1], argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 50000);
        std::printf("%zu passages\n%-22s %8s %8s %10s\n", passages.size(), "database of", "CPU s",
                    "ratio", "MB");
        double base = 0;
        for (const Layout &layout : layouts) {
            char folder[] = "/tmp/casesearch-layout-XXXXXX";
            if (mkdtemp(folder) == nullptr)
                return 1;
            measure(passages, layout, folder, base);
            std::filesystem::remove_all(folder);
        }
    } catch (const Xapian::Error &error) {
        std::fprintf(stderr, "layout: %s\n", error.get_description().c_str());
        return 1;
    }
    return 0;
}
