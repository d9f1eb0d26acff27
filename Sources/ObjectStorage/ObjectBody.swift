public import NIOCore

/// The bytes of an object as they arrive, read only as fast as they are asked for.
public struct ObjectBody: AsyncSequence, Sendable {
    public typealias Element = ByteBuffer

    /// How many bytes will come.
    public let sizeBytes: Int64
    private let makeNext: @Sendable () -> (@Sendable () async throws -> ByteBuffer?)

    init(sizeBytes: Int64, makeNext: @escaping @Sendable () -> (@Sendable () async throws -> ByteBuffer?)) {
        self.sizeBytes = sizeBytes
        self.makeNext = makeNext
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(read: makeNext()) }

    public struct AsyncIterator: AsyncIteratorProtocol {
        let read: @Sendable () async throws -> ByteBuffer?

        public func next() async throws -> ByteBuffer? { try await read() }
    }
}
