import Foundation

/// Hands values from one thread to another, and holds the first back when the second is late.
// The condition's lock guards every member.
final class BoundedQueue<Element: ~Copyable & Sendable>: @unchecked Sendable {
    /// Another thread failed, so nobody will take or give anything any more.
    struct Cancelled: Error {}

    private let capacity: Int
    private let changed = NSCondition()
    private var elements = FIFO<Element>()
    private var hasEnded = false
    private var isCancelled = false

    init(capacity: Int) { self.capacity = capacity }

    /// Adds an element, once there is room.
    func push(_ element: consuming Element) throws(Cancelled) {
        changed.lock()
        defer { changed.unlock() }
        while elements.count >= capacity && !isCancelled { changed.wait() }
        if isCancelled { throw Cancelled() }
        elements.append(element)
        changed.broadcast()
    }

    /// Takes the first element, once there is one; `nil` after the last.
    func pop() throws(Cancelled) -> Element? {
        changed.lock()
        defer { changed.unlock() }
        while elements.isEmpty && !hasEnded && !isCancelled { changed.wait() }
        if isCancelled { throw Cancelled() }
        let element = elements.popFirst()
        changed.broadcast()
        return element
    }

    /// Says that no more elements will come.
    func end() {
        changed.lock()
        defer { changed.unlock() }
        hasEnded = true
        changed.broadcast()
    }

    /// Lets a thread notice, between two elements, that its work is in vain.
    func throwIfCancelled() throws(Cancelled) {
        changed.lock()
        defer { changed.unlock() }
        if isCancelled { throw Cancelled() }
    }

    /// Wakes everybody who waits, with an error.
    func cancel() {
        changed.lock()
        defer { changed.unlock() }
        isCancelled = true
        changed.broadcast()
    }
}
