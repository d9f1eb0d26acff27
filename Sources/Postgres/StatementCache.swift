/// The prepared statements of one connection, the least recently used of which gives way.
///
/// It dies with its connection, as the server's side does.
struct StatementCache {
    /// The same text with other parameter types is another statement.
    struct Key: Hashable {
        let text: String
        let types: [UInt32]

        /// A long text costs more to hash than to compare, and few have the same length.
        func hash(into hasher: inout Hasher) { hasher.combine(text.utf8.count) }
    }

    private struct Entry {
        let name: String
        var lastUse: UInt64
    }

    private let capacity: Int
    private var entries: [Key: Entry] = [:]
    /// On their way to the server, which may reject them: not to be relied upon.
    private var beingPrepared: Set<Key> = []
    private var useCount: UInt64 = 0

    init(capacity: Int) { self.capacity = capacity }

    /// What has to be sent to run a command.
    mutating func steps(for command: Request.Command) -> [Request.Step] {
        guard capacity > 0, case .statement(let text, let values) = command else { return [.runUnprepared] }
        useCount += 1
        let key = Key(text: text, types: values.map(\.oid))
        if let index = entries.index(forKey: key) {
            entries.values[index].lastUse = useCount
            return [.runPrepared(name: entries.values[index].name)]
        }
        // Pipelined behind its own preparation, a statement runs without it.
        guard beingPrepared.count < capacity, !beingPrepared.contains(key) else { return [.runUnprepared] }
        let name = "s\(useCount)"
        return evict() + [.prepare(name: name, key), .runPrepared(name: name)]
    }

    mutating func willRun(_ step: Request.Step) {
        if case .prepare(_, let key) = step { beingPrepared.insert(key) }
    }

    /// Notes what the server now knows.
    mutating func didRun(_ step: Request.Step, error: PostgresError?) {
        switch step {
        case .prepare(let name, let key):
            beingPrepared.remove(key)
            if error == nil { entries[key] = Entry(name: name, lastUse: useCount) }
        case .runPrepared(let name) where error != nil && error?.isStaleStatement == true:
            entries = entries.filter { $0.value.name != name }
        case .runPrepared, .deallocate, .runUnprepared: break
        }
    }

    private mutating func evict() -> [Request.Step] {
        guard entries.count + beingPrepared.count >= capacity,
            let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse })
        else {
            return []
        }
        entries[oldest.key] = nil
        return [.deallocate(name: oldest.value.name)]
    }
}

extension PostgresError {
    /// A change of schema, or `DISCARD ALL`, has invalidated the prepared statement.
    var isStaleStatement: Bool {
        isA(.undefinedStatement) || (isA(.featureNotSupported) && message.contains("cached plan"))
    }
}
