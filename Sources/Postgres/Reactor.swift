import CLibPQ
import Foundation
import Synchronization

/// One thread that waits for all sockets of all connections.
///
/// libpq is used without blocking, so that a thousand waiting statements occupy
/// this thread alone and none of Swift's cooperative pool.
///
/// `@unchecked Sendable`: `inbox` has a lock; everything below it belongs to the thread.
final class Reactor: @unchecked Sendable {
    static let shared = Reactor()

    private let epoll: Int32
    /// Readable when the inbox has something new.
    private let wakeUp: Int32
    private let inbox = Mutex<[@Sendable () -> Void]>([])

    private var channels: [Int32: Channel] = [:]

    private init() {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        wakeUp = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        precondition(epoll >= 0 && wakeUp >= 0, "no file descriptor is left for the database reactor")
        control(EPOLL_CTL_ADD, wakeUp, EPOLLIN.rawValue)
        let thread = Thread { [unowned self] in run() }
        thread.name = "postgres"
        thread.start()
    }

    /// Runs `work` on the reactor's thread, in the order of the calls.
    func submit(_ work: @escaping @Sendable () -> Void) {
        let isFirst = inbox.withLock { inbox in
            inbox.append(work)
            return inbox.count == 1
        }
        if isFirst { eventfd_write(wakeUp, 1) }
    }

    private func control(_ operation: Int32, _ socket: Int32, _ events: UInt32) {
        var event = epoll_event()
        event.events = events
        event.data.fd = socket
        epoll_ctl(epoll, operation, socket, &event)
    }
}

/// On the reactor's thread.
extension Reactor {
    func add(_ channel: Channel, socket: Int32) {
        channels[socket] = channel
        control(EPOLL_CTL_ADD, socket, EPOLLIN.rawValue)
    }

    func watch(_ socket: Int32, forWriting: Bool) {
        control(EPOLL_CTL_MOD, socket, EPOLLIN.rawValue | (forWriting ? EPOLLOUT.rawValue : 0))
    }

    /// Must be called before the socket is closed, as its number is used again at once.
    func remove(socket: Int32) {
        control(EPOLL_CTL_DEL, socket, 0)
        channels[socket] = nil
    }

    private func run() {
        var events = [epoll_event](repeating: epoll_event(), count: 64)
        while true {
            let count = epoll_wait(epoll, &events, Int32(events.count), millisecondsToDeadline())
            for event in events.prefix(max(0, Int(count))) { dispatch(event) }
            let submitted = inbox.withLock { exchange(&$0, with: []) }
            for work in submitted { work() }
            let now = ContinuousClock.now
            for channel in channels.values { channel.expire(now) }
        }
    }

    private func dispatch(_ event: epoll_event) {
        guard event.data.fd != wakeUp else {
            var count: eventfd_t = 0
            eventfd_read(wakeUp, &count)
            return
        }
        // A channel that closed earlier in this round is gone; a new one with its number is not here yet.
        channels[event.data.fd]?.socketIsReady()
    }

    /// What epoll_wait is to wait, where -1 is for ever.
    ///
    /// Rounded up, for else it would spin until the deadline.
    private func millisecondsToDeadline() -> Int32 {
        guard let deadline = channels.values.compactMap(\.deadline).min() else { return -1 }
        return Int32(clamping: max(0, (deadline - ContinuousClock.now).milliseconds + 1))
    }
}

/// Puts a new value in a variable and returns the old one.
func exchange<T>(_ variable: inout T, with new: T) -> T {
    defer { variable = new }
    return variable
}
