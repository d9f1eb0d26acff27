public import Logging

/// Listens to `NOTIFY` on a connection of its own, and connects again whenever it is lost.
///
/// Notifications are wake-ups, not a transport: those sent while the connection was
/// lost are gone. Every `connected` therefore means: look for yourself, now.
///
/// A pooler in transaction mode accepts LISTEN and lets nothing be heard. So a connection counts only once it has heard
/// what another one said, as a connection of a pooler may hear itself.
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
    /// How soon it is tried again where nothing was heard, which will not pass by itself.
    private static let deafPause: Duration = .seconds(60)

    public init(_ configuration: PostgresConfiguration, channels: [String], logger: Logger) {
        var direct = configuration
        direct.conninfo = configuration.listenConninfo ?? configuration.conninfo
        self.configuration = direct
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
        var isSaid = false
        while !Task.isCancelled {
            do {
                try await listen(events) { pause = .milliseconds(100) }
            } catch is Deaf {
                pause = Self.deafPause
                logger.log(
                    level: isSaid ? .debug : .warning,
                    "notifications do not arrive; polling instead. Set CLIPYARD_LISTEN_URL to an address without a pooler"
                )
                isSaid = true
            } catch {
                logger.debug("the connection that listens was lost", metadata: ["error": "\(error)"])
            }
            events.yield(.disconnected)
            // Cancellation ends the loop above.
            try? await Task.sleep(for: pause * Double.random(in: 0.75...1.25))
            pause = pause == Self.deafPause ? Self.longestPause : min(pause * 2, Self.longestPause)
        }
    }

    /// LISTEN was accepted, and nothing is heard.
    private struct Deaf: Error {}

    /// Returns or throws once the connection is lost.
    private func listen(_ events: AsyncStream<Event>.Continuation, connected: () -> Void) async throws {
        let (closed, closing) = AsyncStream.makeStream(of: Never.self)
        let (echoes, echoing) = AsyncStream.makeStream(of: Void.self)
        let echo = "clipyard_echo_\(UInt64.random(in: .min ... .max))"
        let channel = try await Channel.connect(
            configuration,
            onNotification: { notification in
                guard notification.channel != echo else { return echoing.finish() }
                events.yield(.notification(channel: notification.channel, payload: notification.payload))
            },
            onClose: { closing.finish() }
        )
        defer { channel.close() }
        try await listen(to: [echo], on: channel)
        try await expectEcho(echo, echoes)
        _ = try await channel.run(.script("UNLISTEN \(echo)"), timeout: configuration.connectTimeout)
        try await listen(to: channels, on: channel)
        connected()
        events.yield(.connected)
        try await withThrowingTaskGroup { group in
            group.addTask { for await _ in closed {} }
            group.addTask { try await self.keepAlive(channel) }
            try await group.next()
            group.cancelAll()
        }
    }

    private func listen(to channels: [String], on channel: Channel) async throws {
        let script = channels.map { "LISTEN \(SQL.quoted($0))" }.joined(separator: "; ")
        _ = try await channel.run(.script(script), timeout: configuration.connectTimeout)
    }

    /// Says something on a connection of its own, and waits until it is heard.
    private func expectEcho(_ name: String, _ echoes: AsyncStream<Void>) async throws {
        let speaker = try await Channel.connect(configuration)
        defer { speaker.close() }
        _ = try await speaker.run(.script("NOTIFY \(name)"), timeout: configuration.connectTimeout)
        let isHeard = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                for await _ in echoes {}
                return !Task.isCancelled
            }
            group.addTask {
                // Cancellation ends the wait.
                try? await Task.sleep(for: self.configuration.connectTimeout)
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
        try Task.checkCancellation()
        guard isHeard else { throw Deaf() }
    }

    private func keepAlive(_ channel: Channel) async throws {
        while true {
            try await Task.sleep(for: Self.keepAlive)
            _ = try await channel.run(.script("SELECT 1"), timeout: configuration.connectTimeout)
        }
    }
}
