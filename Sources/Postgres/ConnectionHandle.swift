import CLibPQ
import Foundation

/// Owns one `PGconn`.
///
/// libpq allows one thread at a time to use a connection. This type is not
/// `Sendable`; ``Channel`` keeps its uses on one thread.
final class ConnectionHandle {
    private let pointer: OpaquePointer
    /// Its number, also after libpq has closed it.
    let socket: Int32
    /// A pooler stands between us and the server: the session is not ours alone.
    let isPooled: Bool
    /// The socket is full, and some of what was to be sent still waits.
    private(set) var isWaitingToWrite = false

    /// Connects and blocks until the connection is usable.
    init(blockingOn configuration: PostgresConfiguration) throws(PostgresError) {
        let parameters = try ConnectionParameters(configuration)
        pointer = parameters.withCStrings { keywords, values in PQconnectdbParams(keywords, values, 1) }
        socket = PQsocket(pointer)
        let session = PQstatus(pointer) == CONNECTION_OK ? Self.beginSession(pointer, configuration) : nil
        isPooled = session == 0
        // Every property is set, so a throw from here on runs deinit, which frees the connection.
        guard session != nil else {
            let message = errorMessage
            throw PostgresError(.connection, message: message.isEmpty ? "the server did not answer in time" : message)
        }
        PQsetnonblocking(pointer, 1)
        // By default libpq prints the server's notices to standard error.
        PQsetNoticeProcessor(pointer, { _, _ in }, nil)
    }

    /// Sets the timeouts of a session that is ours, and returns 1; 0 if it belongs to a pooler, nil if there is no answer.
    ///
    /// A pooler may let one wait for a server long after it has let one in, which libpq's own time limit does not cover.
    private static func beginSession(_ pointer: OpaquePointer, _ configuration: PostgresConfiguration) -> Int32? {
        guard PQsendQuery(pointer, configuration.sessionScript(of: PQbackendPID(pointer))) == 1 else { return nil }
        let deadline = ContinuousClock.now + configuration.connectTimeout
        while PQisBusy(pointer) != 0 {
            var wait = pollfd(fd: PQsocket(pointer), events: Int16(POLLIN), revents: 0)
            let count = poll(&wait, 1, Int32(clamping: max(0, (deadline - .now).milliseconds)))
            if count < 0, errno == EINTR { continue }
            guard count > 0, PQconsumeInput(pointer) == 1 else { return nil }
        }
        var rows: Int32?
        while let result = PQgetResult(pointer) {
            if PQresultStatus(result) == PGRES_TUPLES_OK { rows = PQntuples(result) }
            PQclear(result)
        }
        return rows
    }

    /// The script that sets the session's timeouts again.
    func sessionScript(_ configuration: PostgresConfiguration) -> String {
        configuration.sessionScript(of: PQbackendPID(pointer))
    }

    deinit { PQfinish(pointer) }

    var isBroken: Bool { PQstatus(pointer) != CONNECTION_OK }
    var isBusy: Bool { PQisBusy(pointer) != 0 }
    /// False inside a transaction, whether it is a healthy or a failed one.
    var isOutsideTransaction: Bool { PQtransactionStatus(pointer) == PQTRANS_IDLE }
    var errorMessage: String { String(cString: PQerrorMessage(pointer)).trimmed }
    var lostConnection: PostgresError {
        let message = errorMessage
        return PostgresError(.connection, message: message.isEmpty ? "the connection was lost" : message)
    }

    /// Reads what has arrived; false means that the connection is lost.
    func consumeInput() -> Bool { PQconsumeInput(pointer) != 0 }

    /// Sends what waits, and has the reactor say when there is room for the rest; false means that the connection is lost.
    func flush(watchedBy reactor: Reactor) -> Bool {
        let outcome = PQflush(pointer)
        guard (outcome == 1) != isWaitingToWrite else { return outcome >= 0 }
        isWaitingToWrite = outcome == 1
        reactor.watch(socket, forWriting: isWaitingToWrite)
        return outcome >= 0
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

    /// From here on statements are sent behind others, whose answers have not come yet.
    func enterPipelineMode() { PQenterPipelineMode(pointer) }

    /// Ends the statement's transaction, and the harm that its failure does; it is answered by a result of its own.
    func sendSync() -> Bool { PQpipelineSync(pointer) == 1 }

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
        _ body: (Int32, CStrings?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) -> R
    ) -> R {
        // Each with a byte more: a NUL ends a text value, while a binary one has its length.
        let size = values.reduce(0) { $0 + ($1.bytes?.count ?? 0) + 1 }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: size) { buffer in
            withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: values.count) { pointers in
                withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * values.count) { numbers in
                    var free = buffer[...]
                    for (index, value) in values.enumerated() {
                        numbers[index] = Int32(value.bytes?.count ?? 0)
                        numbers[values.count + index] = value.isBinary ? 1 : 0
                        pointers[index] = value.bytes.flatMap { free.place($0) }
                    }
                    let lengths = UnsafePointer(numbers.baseAddress)
                    let formats = lengths?.advanced(by: values.count)
                    return body(Int32(clamping: values.count), UnsafePointer(pointers.baseAddress), lengths, formats)
                }
            }
        }
    }
}

extension Slice<UnsafeMutableBufferPointer<CChar>> {
    /// Copies a value and a NUL to the beginning, which it takes away, and returns where they lie.
    fileprivate mutating func place(_ bytes: [UInt8]) -> UnsafePointer<CChar>? {
        let place = UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: self))
        place.copyBytes(from: bytes)
        place[bytes.count] = 0
        self = dropFirst(bytes.count + 1)
        return UnsafePointer(place.baseAddress?.assumingMemoryBound(to: CChar.self))
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
