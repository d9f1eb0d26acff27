/// First in, first out, without moving what stays.
struct Queue<Element> {
    /// Nil before `head`.
    private var elements: [Element?] = []
    private var head = 0

    var count: Int { elements.count - head }
    var isEmpty: Bool { count == 0 }
    var first: Element? { isEmpty ? nil : elements[head] }

    mutating func append(_ element: Element) { elements.append(element) }

    mutating func prepend(_ element: Element) {
        guard head > 0 else { return elements.insert(element, at: 0) }
        head -= 1
        elements[head] = element
    }

    @discardableResult
    mutating func popFirst() -> Element? {
        guard !isEmpty else { return nil }
        let element = exchange(&elements[head], with: nil)
        head += 1
        // Each element is moved once at most for every one that was taken.
        if head == elements.count || (head >= 32 && head * 2 >= elements.count) {
            elements.removeFirst(head)
            head = 0
        }
        return element
    }

    /// Takes out the first that fits; false if none does.
    mutating func removeFirst(where fits: (Element) -> Bool) -> Bool {
        let index = elements[head...].firstIndex { element in element.map(fits) ?? false }
        if let index { elements.remove(at: index) }
        return index != nil
    }

    mutating func removeAll() -> [Element] {
        defer { self = Queue() }
        return elements[head...].compactMap(\.self)
    }
}
