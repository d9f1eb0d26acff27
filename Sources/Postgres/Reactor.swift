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
    private let inbox = Mutex(Inbox())

    private struct Inbox: Sendable {
        var work: [@Sendable () -> Void] = []
        /// The thread waits for the sockets, or is about to.
        var isAsleep = false
    }

    private var channels: [Int32: any ReactorChannel] = [:]
    /// No channel's deadline is before this.
    private var nextCheck: ContinuousClock.Instant?

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
        let mustWake = inbox.withLock { inbox in
            inbox.work.append(work)
            return exchange(&inbox.isAsleep, with: false)
        }
        if mustWake { eventfd_write(wakeUp, 1) }
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
    func add(_ channel: any ReactorChannel, socket: Int32) {
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

    /// Has the channels' deadlines looked at then.
    func check(by deadline: ContinuousClock.Instant) { nextCheck = nextCheck.map { min($0, deadline) } ?? deadline }

    private func run() {
        var events = [epoll_event](repeating: epoll_event(), count: 64)
        while true {
            let count = epoll_wait(epoll, &events, Int32(events.count), fallAsleep() ? millisecondsToCheck() : 0)
            for index in 0..<max(0, Int(count)) { dispatch(events[index]) }
            for work in takeWork() { work() }
            if let nextCheck, nextCheck <= .now { checkDeadlines() }
        }
    }

    /// False if there is work: whoever submits some from now on must wake the thread.
    private func fallAsleep() -> Bool {
        inbox.withLock { inbox in
            inbox.isAsleep = inbox.work.isEmpty
            return inbox.isAsleep
        }
    }

    private func takeWork() -> [@Sendable () -> Void] {
        inbox.withLock { inbox in
            inbox.isAsleep = false
            return exchange(&inbox.work, with: [])
        }
    }

    private func checkDeadlines() {
        let now = ContinuousClock.now
        for channel in channels.values { channel.expire(now) }
        nextCheck = channels.values.compactMap(\.deadline).min()
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
    private func millisecondsToCheck() -> Int32 {
        guard let nextCheck else { return -1 }
        return Int32(clamping: max(0, (nextCheck - ContinuousClock.now).milliseconds + 1))
    }
}

/// Puts a new value in a variable and returns the old one.
func exchange<T>(_ variable: inout T, with new: T) -> T {
    defer { variable = new }
    return variable
}
