import Domain
import Foundation

@testable import Media

/// One line of `samples/corpus.tsv`: what becomes of a clip of the corpus.
///
/// Accepted: name, `accepted`, size of `play.mp4`, renditions, seconds, `sound` or `silent`. Refused: name, `refused`,
/// the refusal's code.
struct CorpusExpectation: Sendable, Equatable, CustomStringConvertible {
    enum Outcome: Sendable, Equatable {
        case accepted(size: String, renditions: String, seconds: Double, hasSound: Bool)
        case refused(MediaRefusal.Code)
    }

    var name: String
    var outcome: Outcome

    static let file = URL(filePath: #filePath).appending(path: "../../../../samples/corpus.tsv").standardized

    /// Every line of the file.
    static let all: [CorpusExpectation] = {
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        return text.split(whereSeparator: \.isNewline).compactMap { CorpusExpectation(line: $0) }
    }()

    init(name: String, outcome: Outcome) { (self.name, self.outcome) = (name, outcome) }

    private init?(line: Substring) {
        let fields = line.split(separator: "\t").map(String.init)
        if fields.count == 3, fields[1] == "refused", let code = MediaRefusal.Code(rawValue: fields[2]) {
            self.init(name: fields[0], outcome: .refused(code))
        } else if fields.count == 6, fields[1] == "accepted", let seconds = Double(fields[4]) {
            let hasSound = fields[5] == "sound"
            let outcome = Outcome.accepted(
                size: fields[2],
                renditions: fields[3],
                seconds: seconds,
                hasSound: hasSound
            )
            self.init(name: fields[0], outcome: outcome)
        } else {
            return nil
        }
    }

    /// Whether this is what was expected; durations may differ by as much as encoders pad.
    func isLike(_ other: CorpusExpectation) -> Bool {
        guard
            case .accepted(let size, let renditions, let seconds, let hasSound) = outcome,
            case .accepted(let otherSize, let otherRenditions, let otherSeconds, let otherHasSound) = other.outcome
        else { return self == other }
        return name == other.name && size == otherSize && renditions == otherRenditions && hasSound == otherHasSound
            && abs(seconds - otherSeconds) < 0.05
    }

    var description: String {
        switch outcome {
        case .accepted(let size, let renditions, let seconds, let hasSound):
            let rounded = (seconds * 100).rounded() / 100
            return [name, "accepted", size, renditions, "\(rounded)", hasSound ? "sound" : "silent"]
                .joined(separator: "\t")
        case .refused(let code): return [name, "refused", code.rawValue].joined(separator: "\t")
        }
    }
}
