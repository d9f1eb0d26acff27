public import Logging

/// Listens to `NOTIFY` on a connection of its own, and connects again whenever it is lost.
///
/// Notifications are wake-ups, not a transport: those sent while the connection was
/// lost are gone. Every `connected` therefore means: look for yourself, now.
public struct PostgresListener: Sendable {
    public enum Event: Sendable, Equatable {
        /// The connection is there, for the first time or again.
        case connected
        /// It is lost, and nothing is heard until the next `connected`.
        case disconnected
        case notification(channel: String, payload: String)
    }

    private let configuration: PostgresConfiguration
    private let channels: [String]
    private let logger: Logger

    /// How often the connection is tried, as a dead peer says nothing.
    private static let keepAlive: Duration = .seconds(30)
    private static let longestPause: Duration = .seconds(5)

    public init(_ configuration: PostgresConfiguration, channels: [String], logger: Logger) {
        self.configuration = configuration
        self.channels = channels
        self.logger = logger
    }

    /// Listens until the stream is no longer used.
    ///
    /// A reader that falls behind by more than 1024 events loses the oldest.
    public func notifications() -> AsyncStream<Event> {
        let (stream, continuation) = AsyncStream.makeStream(of: Event.self, bufferingPolicy: .bufferingNewest(1024))
        let task = Task {
            await reconnectForever(continuation)
            continuation.finish()
        }
        continuation.onTermination = { _ in task.cancel() }
        return stream
    }

    private func reconnectForever(_ events: AsyncStream<Event>.Continuation) async {
        var pause: Duration = .milliseconds(100)
        while !Task.isCancelled {
            do {
                try await listen(events) { pause = .milliseconds(100) }
            } catch {
                logger.debug("the connection that listens was lost", metadata: ["error": "\(error)"])
            }
            events.yield(.disconnected)
            // Cancellation ends the loop above.
            try? await Task.sleep(for: pause * Double.random(in: 0.75...1.25))
            pause = min(pause * 2, Self.longestPause)
        }
    }

    /// Returns or throws once the connection is lost.
    private func listen(_ events: AsyncStream<Event>.Continuation, connected: () -> Void) async throws {
        let (closed, closing) = AsyncStream.makeStream(of: Never.self)
        let channel = try await Channel.connect(
            configuration,
            onNotification: { events.yield(.notification(channel: $0.channel, payload: $0.payload)) },
            onClose: { closing.finish() }
        )
        defer { channel.close() }
        let script = channels.map { "LISTEN \(SQL.quoted($0))" }.joined(separator: "; ")
        _ = try await channel.run(.script(script), timeout: configuration.connectTimeout)
        connected()
        events.yield(.connected)
        try await withThrowingTaskGroup { group in
            group.addTask { for await _ in closed {} }
            group.addTask { try await self.keepAlive(channel) }
            try await group.next()
            group.cancelAll()
        }
    }

    private func keepAlive(_ channel: Channel) async throws {
        while true {
            try await Task.sleep(for: Self.keepAlive)
            _ = try await channel.run(.script("SELECT 1"), timeout: configuration.connectTimeout)
        }
    }
}
