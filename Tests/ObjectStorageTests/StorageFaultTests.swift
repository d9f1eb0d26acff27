import Foundation
import NIOCore
import TestSupport
import Testing

@testable import ObjectStorage

/// What becomes of each call when the network or the service breaks it: backend × fault × call → outcome.
///
/// `Local` is not here: between it and its files is no network. Each case prints a line of the table in docs/storage.md.
@Suite struct StorageFaultTests {
    enum Call: String, CaseIterable, Sendable { case put, part, complete, get, fetch, head, list, delete }

    enum Backend: String, CaseIterable, Sendable { case seaweed, rclone, oss }

    enum Outcome: String, Sendable {
        /// The request was made again, or went on where it broke, or the fault does no harm to it.
        case success
        case damaged, network, busy, system
        /// The service said, in words of its own, that the request makes no sense.
        case refused
    }

    static let faults: [FaultProxy.Fault] = [
        .refuse, .cutRequest, .loseAnswer, .cutAnswer, .stall, .status(500), .status(503), .slow, .alterRequest,
        .alterAnswer, .lengthen(7), .lengthen(-7),
    ]

    /// The calls whose answers have a body: faults of answers do not touch the others.
    static let receiving: [Call] = [.complete, .get, .fetch, .list, .delete]

    /// What the caller sees of a fault that does not go away.
    static func lasting(_ fault: FaultProxy.Fault, _ call: Call, _ backend: Backend) -> Outcome {
        let sends = [.put, .part, .complete, .delete].contains(call)
        let receives = receiving.contains(call)
        switch fault {
        case .slow: return .success
        case .status(500): return .system
        case .status: return .busy
        case .refuse, .loseAnswer: return .network
        case .cutRequest: return sends ? .network : .success
        case .alterRequest: return sends ? altered(call, backend) : .success
        case .cutAnswer, .stall: return receives ? .network : .success
        case .alterAnswer where call == .complete: return completedTwice(backend)
        case .alterAnswer: return receives ? .damaged : .success
        case .lengthen(let count):
            // Where bytes are read, the length is told twice; elsewhere too few bytes come, or those there are make no sense.
            if call == .get || call == .fetch { return .damaged }
            if count > 0 { return call == .head ? .success : .network }
            if call == .complete { return completedTwice(backend) }
            return receives ? .damaged : .success
        }
    }

    /// What the caller sees of one that happens once.
    static func single(_ fault: FaultProxy.Fault, _ call: Call, _ backend: Backend) -> Outcome {
        if fault == .alterRequest, altered(call, backend) == .refused { return .refused }
        let isUnanswered = [.loseAnswer, .cutAnswer, .stall, .alterAnswer, .lengthen(7), .lengthen(-7)].contains(fault)
        if call == .complete, isUnanswered, completedTwice(backend) == .refused { return .refused }
        // What was wrong is known when the last byte has come, and the bytes before have been handed on.
        return fault == .alterAnswer && call == .get ? .damaged : .success
    }

    /// What the service makes of a request that does not match its checksum.
    private static func altered(_ call: Call, _ backend: Backend) -> Outcome {
        switch (backend, call) {
        // They do not compare the checksum of a list of parts, and say that it is none.
        case (.seaweed, .complete), (.rclone, .complete): .refused
        // It refuses the part, and forgets the upload.
        case (.rclone, .part): .refused
        default: .damaged
        }
    }

    /// What comes of an upload that is completed again after an answer that could not be read.
    private static func completedTwice(_ backend: Backend) -> Outcome {
        switch backend {
        // It says the same again.
        case .seaweed: .damaged
        // It knows the upload no more, and the object's tag does not say of which parts it was made.
        case .rclone: .refused
        // It knows the upload no more, and the object has the right checksum.
        case .oss: .success
        }
    }

    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    static let cases = Backend.allCases.flatMap { backend in
        faults.flatMap { fault in Call.allCases.map { FaultCase(backend: backend, fault: fault, call: $0) } }
    }

    struct FaultCase: Sendable, CustomTestStringConvertible {
        let backend: Backend
        let fault: FaultProxy.Fault
        let call: Call
        var testDescription: String { "\(backend): \(fault) during \(call)" }
    }

    @Test(arguments: cases) func aFaultThatHappensOnce(_ faultCase: FaultCase) async throws {
        let outcome = try await outcome(of: faultCase, times: 1)
        #expect(outcome == Self.single(faultCase.fault, faultCase.call, faultCase.backend))
    }

    @Test(arguments: cases) func aFaultThatStays(_ faultCase: FaultCase) async throws {
        let outcome = try await outcome(of: faultCase, times: .max)
        #expect(outcome == Self.lasting(faultCase.fault, faultCase.call, faultCase.backend))
    }

    /// Breaks a call; what is no success must be an error that the table knows.
    private func outcome(of faultCase: FaultCase, times: Int) async throws -> Outcome {
        let bench = try await FaultBench(folder, faultCase, attempts: times == 1 ? 5 : 2)
        defer { bench.proxy.close() }
        bench.proxy.arm(faultCase.fault, times: times, where: bench.isMeant)
        var outcome = Outcome.success
        do {
            try await bench.run()
            try await bench.check()
        } catch let error as StorageError {
            outcome =
                [.invalid, .conflict].contains(error.code) ? .refused : Outcome(rawValue: "\(error.code)") ?? .refused
        }
        #expect(bench.proxy.faults > 0)
        let time = times == 1 ? "once" : "always"
        print("| \(faultCase.backend) | \(faultCase.fault) | \(faultCase.call) | \(time) | \(outcome.rawValue) |")
        return outcome
    }
}

extension StorageFaultTests.Backend {
    var port: Int {
        get async throws {
            switch self {
            case .seaweed: try await StorageServer.seaweed.address().port
            case .rclone: try await StorageServer.rclone.address().port
            case .oss: try OSSStores.server.get().port
            }
        }
    }

    /// A store in the bucket of the tests, by a port of its own if one is given.
    func open(
        port: Int? = nil,
        prefix: String,
        scratch: String,
        change: (inout BucketObjectStore.Configuration) -> Void = { _ in }
    ) async throws -> BucketObjectStore {
        switch self {
        case .oss: try OSSStores.open(port: port, prefix: prefix, scratch: scratch) { change(&$1) }
        case .seaweed: try await S3Stores.open(.seaweed, port: port, prefix: prefix, scratch: scratch) { change(&$1) }
        case .rclone: try await S3Stores.open(.rclone, port: port, prefix: prefix, scratch: scratch) { change(&$1) }
        }
    }
}

/// A store behind a proxy, with all ready for one call.
private struct FaultBench {
    let proxy: FaultProxy
    private let call: StorageFaultTests.Call
    private let folder: TemporaryFolder
    private let broken: BucketObjectStore
    private let direct: BucketObjectStore
    private let key: ObjectKey
    private let upload: MultipartUpload
    private let parts: [MultipartPart]
    private static let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }

    init(_ folder: TemporaryFolder, _ faultCase: StorageFaultTests.FaultCase, attempts: Int) async throws {
        self.folder = folder
        call = faultCase.call
        let prefix = "faults/\(UUID().uuidString)"
        let backend = faultCase.backend
        direct = try await backend.open(prefix: prefix, scratch: folder.path)
        proxy = try FaultProxy(to: await backend.port)
        broken = try await backend.open(port: proxy.port, prefix: prefix, scratch: folder.path) {
            // Not for the others: a machine that is busy can be silent for so long.
            if faultCase.fault == .stall, StorageFaultTests.receiving.contains(faultCase.call) {
                $0.deadlines.stalledSeconds = 3
            }
            $0.retry = TransferRetry(maxAttempts: attempts, firstPause: .milliseconds(5))
        }
        key = try ObjectKey("a/object")
        if ![.put, .part, .complete].contains(call) {
            try await direct.put(key, bytes: ByteBuffer(bytes: Self.bytes))
        }
        upload = try await direct.beginMultipart(key)
        let file = try folder.file("part-\(UUID().uuidString)", Self.bytes)
        parts = [try await direct.putPart(1, of: upload, file: file, range: 0..<Int64(Self.bytes.count))]
    }

    /// Only the call's own request, not what comes before or after it.
    var isMeant: @Sendable (String, String) -> Bool {
        switch call {
        case .put, .part: { method, _ in method == "PUT" }
        case .complete: { method, target in method == "POST" && target.contains("uploadId") }
        case .get, .fetch, .list: { method, _ in method == "GET" }
        case .head: { method, _ in method == "HEAD" }
        case .delete: { method, _ in method == "POST" }
        }
    }

    func run() async throws {
        switch call {
        case .put: try await broken.put(key, movingFile: folder.file("put-\(UUID().uuidString)", Self.bytes))
        case .part:
            let file = try folder.file("again-\(UUID().uuidString)", Self.bytes)
            _ = try await broken.putPart(2, of: upload, file: file, range: 0..<Int64(Self.bytes.count))
        case .complete: _ = try await broken.complete(upload, parts: parts)
        case .get:
            var bytes: [UInt8] = []
            for try await piece in try await broken.get(key, range: nil) { bytes += piece.readableBytesView }
            #expect(bytes == Self.bytes)
        case .fetch:
            let path = "\(folder.path)/fetched-\(UUID().uuidString)"
            do {
                try await broken.fetch(key, to: path)
                #expect(try Array(Data(contentsOf: URL(filePath: path))) == Self.bytes)
            } catch {
                #expect(!FileManager.default.fileExists(atPath: path), "a part of the object is left")
                throw error
            }
        case .head: #expect(try await broken.head(key)?.sizeBytes == Int64(Self.bytes.count))
        case .list: #expect(try await broken.list(prefix: "a/").map(\.key) == [key])
        case .delete: try await broken.delete([key])
        }
    }

    /// That it did what it said.
    func check() async throws {
        switch call {
        case .put, .complete: #expect(try await bytes() == Self.bytes)
        case .part: #expect(try await Set(direct.parts(of: upload).map(\.number)) == [1, 2])
        case .delete: #expect(try await direct.head(key) == nil)
        case .get, .fetch, .head, .list: break
        }
    }

    private func bytes() async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await piece in try await direct.get(key, range: nil) { bytes += piece.readableBytesView }
        return bytes
    }
}
