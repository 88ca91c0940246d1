// xapian_baseline - what an application gets from Xapian without a thought given to
// ranking: TermGenerator and QueryParser with an English stemmer, STEM_SOME, all words
// of title, headings and text alike, OR, BM25 with its defaults.
//
//   xapian_baseline index DB <documents      lines: id, title, headings, text, by tabs
//   xapian_baseline search DB HITS <queries  lines: id, text; prints a TREC run, and
//                                            each query's milliseconds to its error output
//
// A document may come in passages that share an id: the best one counts.
//
// SPDX-License-Identifier: GPL-2.0-or-later
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <set>
#include <sstream>
#include <string>
#include <vector>
#include <xapian.h>

static std::vector<std::string> cells_of(const std::string &line)
{
    std::vector<std::string> cells;
    std::istringstream stream(line);
    for (std::string cell; std::getline(stream, cell, '\t');)
        cells.push_back(cell);
    return cells;
}

// Fresh databases of so many documents each are several times faster to write than one.
static const int batch = 4000;

static std::string part_of(const std::string &path, int number)
{
    return path + "/" + std::to_string(number);
}

static void index_documents(const std::string &path)
{
    std::filesystem::remove_all(path);
    std::filesystem::create_directories(path);
    Xapian::WritableDatabase db;
    Xapian::TermGenerator generator;
    generator.set_stemmer(Xapian::Stem("english"));
    generator.set_stemming_strategy(Xapian::TermGenerator::STEM_SOME);
    int count = 0;
    for (std::string line; std::getline(std::cin, line); count++) {
        if (count % batch == 0) {
            if (count)
                db.commit();
            db = Xapian::WritableDatabase(part_of(path, count / batch),
                                          Xapian::DB_CREATE | Xapian::DB_DANGEROUS);
        }
        const std::vector<std::string> cells = cells_of(line);
        Xapian::Document document;
        generator.set_document(document);
        generator.set_termpos(0);
        for (size_t i = 1; i < cells.size(); i++) {
            generator.index_text(cells[i]);
            generator.increase_termpos();
        }
        document.set_data(cells.at(0));
        db.add_document(document);
    }
    db.commit();
}

static void search(const std::string &path, Xapian::doccount hits)
{
    using clock = std::chrono::steady_clock;
    Xapian::Database db;
    for (int i = 0; std::filesystem::exists(part_of(path, i)); i++)
        db.add_database(Xapian::Database(part_of(path, i)));
    Xapian::QueryParser parser;
    parser.set_stemmer(Xapian::Stem("english"));
    parser.set_stemming_strategy(Xapian::QueryParser::STEM_SOME);
    parser.set_database(db);
    for (std::string line; std::getline(std::cin, line);) {
        const std::vector<std::string> cells = cells_of(line);
        const auto start = clock::now();
        Xapian::Enquire enquire(db);
        enquire.set_query(parser.parse_query(cells.at(1)));
        std::set<std::string> seen;
        for (Xapian::doccount first = 0; seen.size() < hits;) {
            const Xapian::MSet found = enquire.get_mset(first, hits);
            for (auto it = found.begin(); it != found.end() && seen.size() < hits; ++it) {
                const std::string id = it.get_document().get_data();
                if (seen.insert(id).second)
                    std::printf("%s Q0 %s %zu %zu xapian\n", cells[0].c_str(), id.c_str(),
                                seen.size(), 1000 - seen.size());
            }
            first += found.size();
            if (found.size() < hits)
                break;
        }
        const std::chrono::duration<double, std::milli> took = clock::now() - start;
        std::fprintf(stderr, "%.3f\n", took.count());
    }
}

int main(int argc, char **argv)
{
    const std::string what = argc > 1 ? argv[1] : "";
    try {
        if (what == "index" && argc == 3)
            index_documents(argv[2]);
        else if (what == "search" && argc == 4)
            search(argv[2], static_cast<Xapian::doccount>(std::stoul(argv[3])));
        else
            return 2;
    } catch (const Xapian::Error &e) {
        std::cerr << e.get_description() << '\n';
        return 1;
    }
    return 0;
}
