import Foundation
import Moderation

/// Measures the filter with a large list on long texts, and leaves the list and the texts in files for others.
///
/// Usage: moderation-benchmark FOLDER
@main struct ModerationBenchmark {
    static let words = 100_000
    static let texts = 400
    static let charactersPerText = 1000
    static let rounds = 25

    static func main() throws {
        guard let folder = CommandLine.arguments.dropFirst().first.map({ URL(filePath: $0) }) else {
            print("usage: moderation-benchmark FOLDER")
            exit(2)
        }
        var corpus = Corpus(seed: 1)
        let lines = corpus.words(words).joined(separator: "\n")
        let memory = residentMegabytes()
        let start = ContinuousClock.now
        let filter = try WordFilter(WordList(parsing: lines))
        let built = start.duration(to: .now)
        print("list: \(words) words, built in \(milliseconds(built)) ms, \(residentMegabytes() - memory) MB")

        print("\(texts) texts of \(charactersPerText) characters each:")
        let clean = corpus.cleanTexts(texts, length: charactersPerText, by: filter)
        let near = corpus.nearMisses(texts, length: charactersPerText, by: filter)
        let hits = corpus.hits(texts, length: charactersPerText)
        report("clean texts", clean, filter)
        report("near misses", near, filter)
        report("a word every 100 characters", hits, filter)
        try lines.write(to: folder.appending(path: "words.txt"), atomically: true, encoding: .utf8)
        for (name, texts) in [("clean", clean), ("near", near), ("hits", hits)] {
            let file = folder.appending(path: "\(name).txt")
            try texts.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
        }
    }

    /// Every text in turn, some rounds long, so that none finds the caches as it left them.
    private static func report(_ name: String, _ texts: [String], _ filter: WordFilter) {
        var times: [Duration] = []
        var found = 0
        for _ in 0..<rounds {
            for text in texts {
                let start = ContinuousClock.now
                let masked = filter.mask(text)
                times.append(start.duration(to: .now))
                if masked != text { found += 1 }
            }
        }
        times.sort()
        print(
            "\(name): median \(microseconds(times[times.count / 2])) µs, 99 % "
                + "\(microseconds(times[times.count * 99 / 100])) µs; a word found in \(found / rounds) of \(texts.count)"
        )
    }
}
