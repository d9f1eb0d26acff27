/// A queue of values that may not be copied, such as frames and packets.
///
/// Arrays cannot hold them; a list of nodes can, without pointers.
struct FIFO<Element: ~Copyable>: ~Copyable {
    private final class Node {
        var element: Element?
        var next: Node?
        init(_ element: consuming Element) { self.element = consume element }

        func withElement<Result>(_ body: (borrowing Element) -> Result?) -> Result? {
            switch element {
            case .some(let element): body(element)
            case .none: nil
            }
        }
    }

    private var head: Node?
    private var tail: Node?
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    mutating func append(_ element: consuming Element) {
        let node = Node(element)
        if let tail { tail.next = node } else { head = node }
        tail = node
        count += 1
    }

    mutating func popFirst() -> Element? {
        guard let first = head else { return nil }
        head = first.next
        if head == nil { tail = nil }
        count -= 1
        return first.element.take()
    }

    /// Looks at the first element without taking it.
    func withFirst<Result>(_ body: (borrowing Element) -> Result?) -> Result? {
        head?.withElement(body)
    }

    // The list is taken apart in a loop: nodes that free each other would use a stack frame per node.
    deinit {
        var node = head
        while let next = node?.next { node = next }
    }
}
