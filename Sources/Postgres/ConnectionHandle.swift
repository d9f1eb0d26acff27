import CLibPQ

/// Owns one `PGconn`.
///
/// libpq allows one thread at a time to use a connection. This type is not
/// `Sendable`; ``Channel`` keeps its uses on one thread.
final class ConnectionHandle {
    private let pointer: OpaquePointer

    /// Connects and blocks until the connection is usable.
    init(blockingOn configuration: PostgresConfiguration) throws(PostgresError) {
        let parameters = try ConnectionParameters(configuration)
        pointer = parameters.withCStrings { keywords, values in PQconnectdbParams(keywords, values, 1) }
        // Every property is set, so a throw from here on runs deinit, which frees the connection.
        guard PQstatus(pointer) == CONNECTION_OK else { throw PostgresError(.connection, message: errorMessage) }
        PQsetnonblocking(pointer, 1)
        // By default libpq prints the server's notices to standard error.
        PQsetNoticeProcessor(pointer, { _, _ in }, nil)
    }

    deinit { PQfinish(pointer) }

    var socket: Int32 { PQsocket(pointer) }
    var isBroken: Bool { PQstatus(pointer) != CONNECTION_OK }
    var isBusy: Bool { PQisBusy(pointer) != 0 }
    /// False inside a transaction, whether it is a healthy or a failed one.
    var isOutsideTransaction: Bool { PQtransactionStatus(pointer) == PQTRANS_IDLE }
    var errorMessage: String { String(cString: PQerrorMessage(pointer)).trimmed }

    /// Reads what has arrived; false means that the connection is lost.
    func consumeInput() -> Bool { PQconsumeInput(pointer) != 0 }

    /// Sends what waits; true means that some of it still waits, nil that the connection is lost.
    func flush() -> Bool? {
        switch PQflush(pointer) {
        case 0: false
        case 1: true
        default: nil
        }
    }

    func nextResult() -> ResultHandle? { PQgetResult(pointer).map(ResultHandle.init(takingOwnershipOf:)) }

    func nextNotification() -> PostgresNotification? {
        guard let notify = PQnotifies(pointer) else { return nil }
        defer { PQfreemem(notify) }
        let (channel, payload) = (String(cString: notify.pointee.relname), String(cString: notify.pointee.extra))
        return PostgresNotification(channel: channel, payload: payload)
    }

    func makeCancel() -> CancelHandle? { PQgetCancel(pointer).map(CancelHandle.init(takingOwnershipOf:)) }
}

/// Sending: each returns false if the connection cannot send.
extension ConnectionHandle {
    /// The simple protocol, which takes several statements at once and no parameters.
    func send(script: String) -> Bool { PQsendQuery(pointer, script) == 1 }

    func sendPrepare(_ name: String, _ text: String, types: [UInt32]) -> Bool {
        PQsendPrepare(pointer, name, text, Int32(types.count), types) == 1
    }

    func sendPrepared(_ name: String, _ values: [PostgresValue]) -> Bool {
        withParameters(values) { count, bytes, lengths, formats in
            PQsendQueryPrepared(pointer, name, count, bytes, lengths, formats, 1) == 1
        }
    }

    func sendUnprepared(_ text: String, _ values: [PostgresValue]) -> Bool {
        withParameters(values) { count, bytes, lengths, formats in
            PQsendQueryParams(pointer, text, count, values.map(\.oid), bytes, lengths, formats, 1) == 1
        }
    }

    private typealias CStrings = UnsafePointer<UnsafePointer<CChar>?>

    /// Lays all values into one buffer, as libpq wants a pointer to each.
    private func withParameters<R>(
        _ values: [PostgresValue],
        _ body: (Int32, CStrings, UnsafePointer<Int32>, UnsafePointer<Int32>) -> R
    ) -> R {
        var buffer: [CChar] = []
        var offsets: [Int?] = []
        for value in values {
            offsets.append(value.bytes == nil ? nil : buffer.count)
            buffer.append(contentsOf: (value.bytes ?? []).map(CChar.init(bitPattern:)))
            buffer.append(0)  // ends a text value; a binary one has its length
        }
        let lengths = values.map { Int32($0.bytes?.count ?? 0) }
        let formats = values.map { Int32($0.isBinary ? 1 : 0) }
        return buffer.withUnsafeBufferPointer { buffer in
            let pointers = offsets.map { offset in offset.flatMap { buffer.baseAddress?.advanced(by: $0) } }
            return pointers.withUnsafeBufferPointer { pointers in
                // An empty array has no address, and with a count of 0 libpq reads none.
                withUnsafePointer(to: nil as UnsafePointer<CChar>?) { none in
                    body(Int32(values.count), pointers.baseAddress ?? none, lengths, formats)
                }
            }
        }
    }
}

/// Owns one `PGcancel`, which any thread may use.
struct CancelHandle: ~Copyable, @unchecked Sendable {
    private let pointer: OpaquePointer

    init(takingOwnershipOf pointer: OpaquePointer) { self.pointer = pointer }

    deinit { PQfreeCancel(pointer) }

    /// Asks the server to stop the current statement; blocks, since it opens a connection of its own.
    func cancel() {
        var message = [CChar](repeating: 0, count: 256)
        // Whether it arrived shows in the statement's own result; if none comes, the channel is closed.
        _ = PQcancel(pointer, &message, Int32(message.count))
    }
}
