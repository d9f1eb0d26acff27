import Domain
public import Logging
public import Postgres

/// Tells what other processes change, as it happens.
///
/// Notifications can be lost, with their connection or behind a pooler that
/// swallows them, so `everything` is told whenever the connection is there
/// again, often while it is not, and now and then in any case.
public struct Changes: Sendable {
    /// How often everything is looked at while nothing is heard.
    ///
    /// With the look itself it must be less than two seconds until a change is seen.
    public static let pollInterval = Duration.milliseconds(1500)
    /// How often everything is looked at anyway.
    public static let doubtInterval = Duration.seconds(30)

    private let listener: PostgresListener

    /// Listens on a connection beside those of the pool.
    public init(_ pool: DatabasePool, logger: Logger) {
        listener = PostgresListener(
            pool.configuration,
            channels: ChangeChannel.allCases.map(\.rawValue),
            logger: logger
        )
    }

    /// Calls `body` for each change, one after the other, until the task is cancelled.
    public func forEach(_ body: @Sendable (Change) async -> Void) async {
        let (events, continuation) = AsyncStream.makeStream(of: Event.self)
        await withTaskGroup { group in
            group.addTask { for await event in listener.notifications() { continuation.yield(.heard(event)) } }
            group.addTask {
                while (try? await Task.sleep(for: Self.pollInterval)) != nil { continuation.yield(.tick) }
                continuation.finish()
            }
            await Self.follow(events, body)
            group.cancelAll()
        }
    }

    private enum Event: Sendable {
        case heard(PostgresListener.Event)
        case tick
    }

    private static func follow(_ events: AsyncStream<Event>, _ body: @Sendable (Change) async -> Void) async {
        var isConnected = false
        var lastLook = ContinuousClock.now
        for await event in events {
            switch event {
            case .heard(.connected): isConnected = true
            case .heard(.disconnected):
                isConnected = false
                continue
            case .heard(.notification(let channel, let payload)):
                if let change = Change(channel, payload) { await body(change) }
                continue
            case .tick:
                guard !isConnected || ContinuousClock.now - lastLook > doubtInterval else { continue }
            }
            await body(.everything)
            lastLook = .now
        }
    }
}

extension Change {
    fileprivate init?(_ channel: String, _ payload: String) {
        let ids = ChangeChannel.ids(in: payload)
        switch ChangeChannel(rawValue: channel) {
        case .videos: self = .videos(ids.map(VideoID.init))
        case .users: self = .users(ids.map(UserID.init))
        case .tokens: self = .tokens(ids.map(UserID.init))
        case nil: return nil
        }
    }
}
