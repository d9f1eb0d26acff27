/// The Aho–Corasick automaton of a word list.
///
/// A state is a beginning of a word. States are numbered breadth first, so that the children of one stand side by side
/// and are sorted: a state needs to know its first child only, and takes 28 bytes with its label. The edges of
/// state 0, the root, have a table of their own.
struct Automaton: Sendable {
    private struct State {
        /// The children end where the next state's begin.
        var firstChild: UInt32 = 0
        /// The longest other state that ends like this one.
        var failure: UInt32 = 0
        /// The longest state that ends like this one, or is it, and is a word; 0 if there is none.
        var output: UInt32 = 0
        /// Letters up to here.
        var depth: UInt32 = 0
        /// A bit for every letter that leads on, by which most of the others are told without a search.
        var letters: UInt64 = 0
    }

    /// Where the walk is before the first letter.
    static let start: UInt32 = 0

    private var states: [State] = [State()]
    /// The letter that leads into each state.
    private var labels: [UInt32] = [0]
    private var roots = ScalarTable<UInt32>()
    /// For the few words that have spaces: see ``WordList/Word/spaces``.
    private var spaces: [UInt32: UInt64] = [:]

    init(_ words: [WordList.Word]) {
        addStates(words.sorted { $0.scalars.lexicographicallyPrecedes($1.scalars) })
        for state in states.indices where states[state].depth == 1 { roots[labels[state]] = UInt32(state) }
        linkFailures()
    }

    /// The state after one more letter.
    ///
    /// `run` is how many letters before it are of the same word of the text. A word of the list may begin with the
    /// first of them but no later, which spares most letters of most texts a look.
    func next(_ state: UInt32, _ letter: UInt32, run: UInt32 = 0) -> UInt32 {
        var state = state
        while state != Self.start {
            let child = child(of: state, letter)
            if child != 0 { return child }
            state = states[Int(state)].failure
            if states[Int(state)].depth < run { return Self.start }
        }
        return run == 0 ? roots[letter] : Self.start
    }

    /// Whether a word ends here.
    func isMatch(_ state: UInt32) -> Bool { states[Int(state)].output != 0 }

    /// Calls `body` with every word that ends here, longest first, until it answers `true`.
    func firstMatch(at state: UInt32, where body: (_ length: Int, _ spaces: UInt64) -> Bool) {
        var word = states[Int(state)].output
        while word != 0 {
            let state = states[Int(word)]
            if body(Int(state.depth), spaces[word] ?? 0) { return }
            word = states[Int(state.failure)].output
        }
    }

    /// One of 64; letters that stand near each other in Unicode have different ones.
    private static func bit(of letter: UInt32) -> UInt64 { 1 << UInt64(letter & 63) }

    /// 0 if there is none.
    private func child(of state: UInt32, _ letter: UInt32) -> UInt32 {
        guard states[Int(state)].letters & Self.bit(of: letter) != 0 else { return 0 }
        var low = Int(states[Int(state)].firstChild)
        let end = Int(states[Int(state) + 1].firstChild)
        var count = end - low
        // Halves without a branch that the processor would have to guess.
        while count > 1 {
            let half = count / 2
            low += labels[low + half] <= letter ? half : 0
            count -= half
        }
        return low < end && labels[low] == letter ? UInt32(low) : 0
    }
}

extension Automaton {
    /// Adds the states level by level: each is a run of the sorted words, the ones that begin with it.
    private mutating func addStates(_ words: [WordList.Word]) {
        var runs = [words.indices]
        var state = 0
        while state < runs.count {
            let depth = Int(states[state].depth)
            var rest = runs[state]
            // A word that ends here sorts before those that go on; there are several if the list repeats it.
            while let index = rest.first, words[index].scalars.count == depth {
                states[state].output = UInt32(state)
                if words[index].spaces != 0 { spaces[UInt32(state), default: 0] |= words[index].spaces }
                rest.removeFirst()
            }
            states[state].firstChild = UInt32(states.count)
            while let first = rest.first {
                let label = words[first].scalars[depth]
                let end = rest.firstIndex { words[$0].scalars[depth] != label } ?? rest.endIndex
                labels.append(label)
                states[state].letters |= Self.bit(of: label)
                states.append(State(depth: UInt32(depth + 1)))
                runs.append(first..<end)
                rest = end..<rest.endIndex
            }
            state += 1
        }
        // The end of the last one's children.
        states.append(State(firstChild: UInt32(states.count)))
    }

    /// Parents come before their children and have shorter failures, so one pass in the order of numbers will do.
    private mutating func linkFailures() {
        for parent in labels.indices {
            for child in Int(states[parent].firstChild)..<Int(states[parent + 1].firstChild) {
                let failure = parent == 0 ? Self.start : next(states[parent].failure, labels[child])
                states[child].failure = failure
                if states[child].output == 0 { states[child].output = states[Int(failure)].output }
            }
        }
    }
}
