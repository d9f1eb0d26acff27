import Foundation

/// The words to look for, one a line; `moderation/README.md` describes the file.
public struct WordList: Sendable {
    /// One word as it is compared.
    struct Word: Sendable {
        /// Normalized, without separators.
        let scalars: [UInt32]
        /// Bit *n*: the list has a space before letter *n*.
        let spaces: UInt64
    }

    /// The most words of a list.
    public static let maximumCount = 200_000
    /// The longest word, in letters; what is not compared is not counted.
    public static let maximumWordLength = 64
    /// The largest file, in bytes.
    public static let maximumBytes = 4_000_000

    private(set) var words: [Word] = []

    /// How many words there are; one that is listed twice counts twice.
    public var count: Int { words.count }

    /// - Throws: every line that cannot be a word, with its number.
    public init(parsing text: String) throws(WordListError) {
        var problems: [WordListError.Problem] = []
        // By bytes, because "\r\n" is one character and no "\n".
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let line = Self.trimmed(Substring(line))
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            do {
                words.append(try Self.word(line))
            } catch {
                problems.append(.init(line: index + 1, message: "“\(line.prefix(80))” \(error.message)"))
            }
            guard words.count <= Self.maximumCount else {
                let message = "is word \(words.count): a list has at most \(Self.maximumCount); keep those that matter"
                throw WordListError(problems: [.init(line: index + 1, message: message)])
            }
        }
        guard problems.isEmpty else { throw WordListError(problems: problems) }
    }

    /// Reads a file.
    public init(contentsOfFile path: String) throws(WordListError) {
        func error(_ message: String) -> WordListError {
            WordListError(path: path, problems: [.init(line: nil, message: message)])
        }
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            throw error("cannot be read: put a word list there, or name another file")
        }
        guard data.count <= Self.maximumBytes else {
            throw error("has \(data.count) bytes: a word list has at most \(Self.maximumBytes)")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw error("is not UTF-8: convert it, for example with iconv -f GB18030 -t UTF-8")
        }
        do {
            try self.init(parsing: text)
        } catch {
            throw WordListError(path: path, problems: error.problems)
        }
    }
}

extension WordList {
    /// Why a line is no word.
    private struct Mistake: Error {
        let message: String
    }

    private static func word(_ line: String) throws(Mistake) -> Word {
        let reading = Reading(line)
        let letters = reading.letters
        guard let first = letters.first else {
            throw Mistake(message: "has nothing that is compared: remove the line")
        }
        // Without this rule “v+” would be a “v”, and in every second text.
        guard first.gap == .none, reading.gapAtEnd == .none else {
            throw Mistake(message: "begins or ends with a separator, which is never compared: write it without")
        }
        guard letters.count <= maximumWordLength else {
            throw Mistake(
                message: "has \(letters.count) letters, at most \(maximumWordLength) are allowed: list a part"
            )
        }
        let spaces = letters.indices.filter { letters[$0].gap == .space }.reduce(0) { $0 | UInt64(1) << UInt64($1) }
        return Word(scalars: letters.map(\.scalar), spaces: spaces)
    }

    /// Without the white space at both ends, and the mark that some editors put at the beginning of a file.
    private static func trimmed(_ line: Substring) -> String {
        let isMargin = { (scalar: Unicode.Scalar) in scalar.properties.isWhitespace || scalar == "\u{FEFF}" }
        let scalars = line.unicodeScalars.drop(while: isMargin)
        let end = scalars.lastIndex { !isMargin($0) }.map(scalars.index(after:)) ?? scalars.startIndex
        return String(Substring(scalars[..<end]))
    }
}
