public import NIOCore

/// An object that is being written, of a length nobody knows yet.
///
/// One task uses a writer.
public protocol ObjectWriter: AnyObject {
    /// How many bytes were given to ``write(_:)``.
    var sizeBytes: Int64 { get }

    /// Takes bytes; waits while the store is slower than they come.
    func write(_ buffer: ByteBuffer) async throws

    /// Makes the object durable and visible; the last call on a writer.
    func finish() async throws -> ObjectReceipt

    /// Gives up: nothing of it is left when this returns. After ``finish()`` it does nothing.
    func abort() async
}

/// What was written.
public struct ObjectReceipt: Sendable, Equatable {
    public let sizeBytes: Int64
    /// SHA-256 of the bytes, 32 of them.
    public let sha256: [UInt8]

    public init(sizeBytes: Int64, sha256: [UInt8]) {
        self.sizeBytes = sizeBytes
        self.sha256 = sha256
    }
}

extension ObjectStore {
    /// Stores bytes that are in memory.
    @discardableResult
    public func put(_ key: ObjectKey, bytes: ByteBuffer) async throws -> ObjectReceipt {
        let writer = try await beginWrite(key)
        do {
            try await writer.write(bytes)
            return try await writer.finish()
        } catch {
            await writer.abort()
            throw error
        }
    }
}
