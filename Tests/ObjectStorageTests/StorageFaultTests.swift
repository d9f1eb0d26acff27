import Foundation
import NIOCore
import TestSupport
import Testing

@testable import ObjectStorage

/// What becomes of each call when the network or the service breaks it: fault × call → outcome.
@Suite struct StorageFaultTests {
    enum Call: String, CaseIterable, Sendable { case put, part, complete, get, fetch, head, list, delete }

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

    /// What the caller sees of a fault that does not go away.
    static func lasting(_ fault: FaultProxy.Fault, _ call: Call) -> Outcome {
        let sends = [.put, .part, .complete, .delete].contains(call)
        // The answers to the others have no body.
        let receives = [.complete, .get, .fetch, .list, .delete].contains(call)
        switch fault {
        case .slow: return .success
        case .status(500): return .system
        case .status: return .busy
        case .refuse, .loseAnswer: return .network
        case .cutRequest: return sends ? .network : .success
        case .alterRequest where call == .complete: return .refused
        case .alterRequest: return sends ? .damaged : .success
        case .cutAnswer, .stall: return receives ? .network : .success
        case .alterAnswer: return receives ? .damaged : .success
        case .lengthen(let count):
            // Where bytes are read, the length is told twice; elsewhere too few bytes come, or those there are make no sense.
            if call == .get || call == .fetch { return .damaged }
            if count > 0 { return call == .head ? .success : .network }
            return receives ? .damaged : .success
        }
    }

    /// What the caller sees of one that happens once.
    static func single(_ fault: FaultProxy.Fault, _ call: Call) -> Outcome {
        // What was wrong is known when the last byte has come, and the bytes before have been handed on.
        if fault == .alterRequest, call == .complete { return .refused }
        return fault == .alterAnswer && call == .get ? .damaged : .success
    }

    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    static let cases = faults.flatMap { fault in Call.allCases.map { FaultCase(fault: fault, call: $0) } }

    struct FaultCase: Sendable, CustomTestStringConvertible {
        let fault: FaultProxy.Fault
        let call: Call
        var testDescription: String { "\(fault) during \(call)" }
    }

    @Test(arguments: cases) func aFaultThatHappensOnce(_ faultCase: FaultCase) async throws {
        let outcome = try await outcome(of: faultCase, times: 1)
        #expect(outcome == Self.single(faultCase.fault, faultCase.call))
    }

    @Test(arguments: cases) func aFaultThatStays(_ faultCase: FaultCase) async throws {
        let outcome = try await outcome(of: faultCase, times: .max)
        // What comes behind the length that an answer says is taken for the next answer on that connection, if it comes in time.
        let isEither = [.get, .fetch, .complete].contains(faultCase.call) && faultCase.fault == .lengthen(-7)
        let expected = Self.lasting(faultCase.fault, faultCase.call)
        #expect(outcome == expected || isEither && outcome == .network)
    }

    /// Breaks a call; what is no success must be an error that the table knows.
    private func outcome(of faultCase: FaultCase, times: Int) async throws -> Outcome {
        let bench = try await FaultBench(folder, faultCase.call)
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
        print(
            "| \(faultCase.fault) | \(faultCase.call) | \(times == 1 ? "once" : "always") | \(outcome.rawValue) |"
        )
        return outcome
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

    init(_ folder: TemporaryFolder, _ call: StorageFaultTests.Call) async throws {
        self.folder = folder
        self.call = call
        let prefix = "faults/\(UUID().uuidString)"
        direct = try await S3Stores.open(.seaweed, prefix: prefix, scratch: folder.path)
        proxy = try FaultProxy(to: await StorageServer.seaweed.address().port)
        broken = try await S3Stores.open(.seaweed, port: proxy.port, prefix: prefix, scratch: folder.path) {
            _,
            change in
            change.deadlines.stalledSeconds = 1
            change.retry = TransferRetry(maxAttempts: 2, firstPause: .milliseconds(5))
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
