/// Which connections of a pool are free, and who waits for one.
struct PoolState: Sendable {
    typealias Waiter = CheckedContinuation<Permit, any Error>

    /// What a waiter gets.
    enum Permit: Sendable {
        case connection(PostgresConnection)
        /// The right to open one.
        case open
    }

    enum Taken: Sendable {
        case connection(PostgresConnection)
        case open
        case wait
        case closed
    }

    enum Put: Sendable {
        case waiter(Waiter)
        case kept
        case closed
    }

    static let closedError = PostgresError(.closed, message: "the pool is closed")

    private let capacity: Int
    private var isClosed = false
    /// Connections that are open, leased or being opened.
    private var count = 0
    /// The most recently used is last, and is used first: its server process is warm.
    private var idle: [PostgresConnection] = []
    private(set) var waiters: [(id: Int, waiter: Waiter)] = []
    private var lastWaiterID = 0

    init(capacity: Int) { self.capacity = capacity }

    mutating func take() -> Taken {
        guard !isClosed else { return .closed }
        while let connection = idle.popLast() {
            // It may have been closed by the server in the meantime.
            if connection.channel.status.isOpen { return .connection(connection) }
            count -= 1
        }
        guard count < capacity else { return .wait }
        count += 1
        return .open
    }

    mutating func nextWaiterID() -> Int {
        lastWaiterID += 1
        return lastWaiterID
    }

    /// Lets the caller wait, unless there is something for it by now.
    mutating func enqueue(_ id: Int, _ waiter: Waiter, isCancelled: Bool) -> Result<Permit, any Error>? {
        if isCancelled { return .failure(CancellationError()) }
        switch take() {
        case .connection(let connection): return .success(.connection(connection))
        case .open: return .success(.open)
        case .closed: return .failure(Self.closedError)
        case .wait:
            waiters.append((id, waiter))
            return nil
        }
    }

    /// Nil if the waiter has been answered.
    mutating func removeWaiter(_ id: Int) -> Waiter? {
        guard let index = waiters.firstIndex(where: { $0.id == id }) else { return nil }
        return waiters.remove(at: index).waiter
    }

    mutating func put(_ connection: PostgresConnection) -> Put {
        if isClosed { return .closed }
        if !waiters.isEmpty { return .waiter(waiters.removeFirst().waiter) }
        idle.append(connection)
        return .kept
    }

    mutating func vacate() -> Waiter? {
        // The place passes to the one who waits longest.
        if !waiters.isEmpty { return waiters.removeFirst().waiter }
        count -= 1
        return nil
    }

    mutating func close() -> (waiters: [Waiter], idle: [PostgresConnection]) {
        isClosed = true
        return (exchange(&waiters, with: []).map(\.waiter), exchange(&idle, with: []))
    }
}
