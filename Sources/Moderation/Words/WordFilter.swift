/// Finds the words of a list in texts, however they are written; `moderation/README.md` says what is held to be equal.
public struct WordFilter: Sendable {
    private let automaton: Automaton

    public init(_ list: WordList) { automaton = Automaton(list.words) }

    public func contains(_ text: String) -> Bool { mayContain(text) && !covered(Reading(text)).isEmpty }

    /// The parts of the text that words cover, in order; where words overlap they make one part.
    ///
    /// Parts begin and end between `Character`s.
    public func matches(in text: String) -> [Range<String.Index>] {
        guard mayContain(text) else { return [] }
        let reading = Reading(text)
        var parts: [Range<String.Index>] = []
        for letters in covered(reading) {
            let part = text.characters(
                fromUTF8: reading.letters[letters.lowerBound].start,
                to: reading.letters[letters.upperBound].end
            )
            // Two words may share a character: a ligature, for instance.
            if let last = parts.last, last.upperBound > part.lowerBound {
                parts[parts.count - 1] = last.lowerBound..<max(last.upperBound, part.upperBound)
            } else {
                parts.append(part)
            }
        }
        return parts
    }

    /// The text with a `*` for every `Character` of a word; the rest keeps its bytes.
    public func mask(_ text: String) -> String {
        var masked = ""
        var done = text.startIndex
        for part in matches(in: text) {
            masked += text[done..<part.lowerBound]
            masked += String(repeating: "*", count: text[part].count)
            done = part.upperBound
        }
        return done == text.startIndex ? text : masked + text[done...]
    }
}

extension WordFilter {
    /// Whether the letters of a word follow each other in the text: all that most texts need.
    private func mayContain(_ text: String) -> Bool {
        let normalization = Normalization.shared
        var walk = Walk()
        for scalar in text.unicodeScalars {
            let form = normalization[scalar.value]
            switch form.kind {
            case .nothing: continue
            case .separator, .space: walk.endRun()
            case .same: walk.step(automaton, scalar.value, isAlphabetic: form.isAlphabetic)
            case .other: walk.step(automaton, form.payload, isAlphabetic: form.isAlphabetic)
            // Hardly ever: the reading tells.
            case .several: return true
            }
            if automaton.isMatch(walk.state) { return true }
        }
        return false
    }

    /// The letters that words cover, in order; overlapping words are joined.
    private func covered(_ reading: Reading) -> [ClosedRange<Int>] {
        var walk = Walk()
        var ranges: [ClosedRange<Int>] = []
        for (last, letter) in reading.letters.enumerated() {
            if letter.gap != .none { walk.endRun() }
            walk.step(automaton, letter.scalar, isAlphabetic: letter.isAlphabetic)
            automaton.firstMatch(at: walk.state) { length, spaces in
                var range = last - length + 1...last
                guard reading.isWord(range, spaces: spaces) else { return false }
                while let previous = ranges.last, previous.upperBound >= range.lowerBound {
                    range = min(previous.lowerBound, range.lowerBound)...last
                    ranges.removeLast()
                }
                ranges.append(range)
                return true
            }
        }
        return ranges
    }
}

/// The way of a text through the automaton.
private struct Walk {
    private(set) var state = Automaton.start
    /// How many alphabetic letters stand together before the next one.
    private var run: UInt32 = 0

    mutating func step(_ automaton: Automaton, _ letter: UInt32, isAlphabetic: Bool) {
        state = automaton.next(state, letter, run: isAlphabetic ? run : 0)
        run = isAlphabetic ? run + 1 : 0
    }

    mutating func endRun() { run = 0 }
}

extension Reading {
    /// Whether letters that spell a word also stand as one.
    ///
    /// At an alphabetic end no alphabetic letter may join on: “class” is one word. Within it, spaces may stand between
    /// all letters (“a s s”) or where the list has them; a space elsewhere parts two words: “the pen is”.
    func isWord(_ range: ClosedRange<Int>, spaces: UInt64) -> Bool {
        guard !isJoined(range.lowerBound), !isJoined(range.upperBound + 1) else { return false }
        var hasSpace = false
        var hasJoint = false
        for index in range.dropFirst() where letters[index].isAlphabetic && letters[index - 1].isAlphabetic {
            switch letters[index].gap {
            case .none: hasJoint = true
            case .separator: break
            case .space: if spaces >> UInt64(index - range.lowerBound) & 1 == 0 { hasSpace = true }
            }
        }
        return !(hasSpace && hasJoint)
    }

    /// Whether a letter goes on the word of the one before it.
    private func isJoined(_ index: Int) -> Bool {
        guard index > 0, index < letters.count else { return false }
        return letters[index].gap == .none && letters[index].isAlphabetic && letters[index - 1].isAlphabetic
    }
}

extension String {
    /// The characters that the bytes are of.
    fileprivate func characters(fromUTF8 start: Int, to end: Int) -> Range<Index> {
        let first = roundedDown(utf8.index(startIndex, offsetBy: start))
        let last = utf8.index(startIndex, offsetBy: end)
        let floor = roundedDown(last)
        return first..<(floor == last ? last : index(after: floor))
    }

    private func roundedDown(_ position: Index) -> Index {
        position == endIndex ? position : index(before: index(after: position))
    }
}
