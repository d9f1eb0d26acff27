/// The Aho–Corasick automaton of a word list.
///
/// A state is a beginning of a word. States are numbered breadth first, so that the children of one stand side by side
/// and `labels[firstChild[s]..<firstChild[s + 1]]`, sorted, are the edges of state `s`: no table of edges is
/// needed, and a state takes 17 bytes. State 0, the root, has its edges in a table of their own.
struct Automaton: Sendable {
    /// The scalar that leads into a state.
    private(set) var labels: [UInt32] = [0]
    private var firstChild: [UInt32] = []
    /// The longest other state that ends like this one.
    private var failures: [UInt32] = [0]
    /// The longest state that ends like this one, or is it, and is a word; 0 if there is none.
    private var outputs: [UInt32] = [0]
    /// Letters up to the state.
    private var depths: [UInt8] = [0]
    private var roots = ScalarTable<UInt32>()
    /// For the few words that have spaces: see ``WordList/Word/spaces``.
    private var spaces: [UInt32: UInt64] = [:]

    /// Where the walk is before the first letter.
    static let start: UInt32 = 0

    init(_ words: [WordList.Word]) {
        let words = words.sorted { $0.scalars.lexicographicallyPrecedes($1.scalars) }
        addStates(words)
        for state in 1..<max(1, UInt32(labels.count)) where depths[Int(state)] == 1 {
            roots[labels[Int(state)]] = state
        }
        linkFailures()
    }

    /// The state after one more letter.
    func next(_ state: UInt32, _ scalar: UInt32) -> UInt32 {
        var state = state
        while state != Self.start {
            let child = child(of: state, scalar)
            if child != 0 { return child }
            state = failures[Int(state)]
        }
        return roots[scalar]
    }

    /// Whether a word ends here.
    func isMatch(_ state: UInt32) -> Bool { outputs[Int(state)] != 0 }

    /// Calls `body` with every word that ends here, longest first, until it answers `true`.
    func firstMatch(at state: UInt32, where body: (_ length: Int, _ spaces: UInt64) -> Bool) {
        var word = outputs[Int(state)]
        while word != 0 {
            if body(Int(depths[Int(word)]), spaces[word] ?? 0) { return }
            word = outputs[Int(failures[Int(word)])]
        }
    }

    /// 0 if there is none.
    private func child(of state: UInt32, _ scalar: UInt32) -> UInt32 {
        var low = firstChild[Int(state)]
        let end = firstChild[Int(state) + 1]
        var high = end
        while low < high {
            let middle = (low + high) / 2
            if labels[Int(middle)] < scalar { low = middle + 1 } else { high = middle }
        }
        return low < end && labels[Int(low)] == scalar ? low : 0
    }
}

extension Automaton {
    /// Adds the states level by level: each is a run of the sorted words, the ones that begin with it.
    private mutating func addStates(_ words: [WordList.Word]) {
        var runs = [words.indices]
        var state = 0
        while state < runs.count {
            let depth = Int(depths[state])
            var rest = runs[state]
            // A word that ends here sorts before those that go on; there are several if the list repeats it.
            while let index = rest.first, words[index].scalars.count == depth {
                outputs[state] = UInt32(state)
                spaces[UInt32(state), default: 0] |= words[index].spaces
                rest.removeFirst()
            }
            if spaces[UInt32(state)] == 0 { spaces[UInt32(state)] = nil }
            firstChild.append(UInt32(labels.count))
            while let first = rest.first {
                let label = words[first].scalars[depth]
                let end = rest.firstIndex { words[$0].scalars[depth] != label } ?? rest.endIndex
                labels.append(label)
                depths.append(UInt8(depth + 1))
                outputs.append(0)
                failures.append(0)
                runs.append(first..<end)
                rest = end..<rest.endIndex
            }
            state += 1
        }
        firstChild.append(UInt32(labels.count))
    }

    /// Parents come before their children and have shorter failures, so one pass in the order of numbers will do.
    private mutating func linkFailures() {
        for parent in labels.indices {
            for child in firstChild[parent]..<firstChild[parent + 1] {
                let failure = parent == 0 ? Self.start : next(failures[parent], labels[Int(child)])
                failures[Int(child)] = failure
                if outputs[Int(child)] == 0 { outputs[Int(child)] = outputs[Int(failure)] }
            }
        }
    }
}
