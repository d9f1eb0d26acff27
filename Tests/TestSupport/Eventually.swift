/// Waits until a condition holds; the limit is there for a test that fails, on a machine however busy.
///
/// - Throws: ``NeverSo``, and what the condition throws.
public func eventually(
    within limit: Duration = .seconds(60),
    file: StaticString = #fileID,
    line: UInt = #line,
    _ isSo: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !isSo() {
        guard ContinuousClock.now < deadline else { throw NeverSo("\(file):\(line): not so within \(limit)") }
        try await Task.sleep(for: .milliseconds(10))
    }
}

/// What was waited for did not come.
public struct NeverSo: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
