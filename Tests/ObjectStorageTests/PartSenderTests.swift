import Synchronization
import TestSupport
import Testing

@testable import ObjectStorage

@Suite struct PartSenderTests {
    /// Parts that the test lets arrive when it wants.
    private final class Gates: Sendable {
        private let state = Mutex([Int: CheckedContinuation<Bool, Never>]())

        var waiting: Set<Int> { state.withLock { Set($0.keys) } }

        func send(_ number: Int) async throws -> MultipartPart {
            let arrives = await withCheckedContinuation { continuation in state.withLock { $0[number] = continuation } }
            guard arrives else { throw StorageError(.network, doing: "put part", subject: "a", message: "broken") }
            return MultipartPart(number: number, sizeBytes: 1, etag: "\(number)")
        }

        func open(_ number: Int, arrives: Bool = true) async throws {
            try await eventually { self.waiting.contains(number) }
            state.withLock { $0.removeValue(forKey: number) }?.resume(returning: arrives)
        }
    }

    @Test func partsAreReportedInTheirOrderWhicheverArrivesFirst() async throws {
        let (gates, sender, reported) = (Gates(), PartSender(atOnce: 3), Reported())
        let sending = Task {
            for number in 1...5 {
                try await sender.begin {
                    try await gates.send(number)
                } report: {
                    reported.add($0.number)
                }
            }
            return try await sender.finish().map(\.number)
        }
        try await eventually { gates.waiting == [1, 2, 3] }
        // Room for another one, though the oldest is on its way.
        try await gates.open(2)
        try await eventually { gates.waiting == [1, 3, 4] }
        #expect(reported.numbers == [])
        try await gates.open(1)
        try await eventually { reported.numbers == [1, 2] }
        for number in 3...5 { try await gates.open(number) }
        #expect(try await sending.value == [1, 2, 3, 4, 5] && reported.numbers == [1, 2, 3, 4, 5])
    }

    @Test func nothingIsReportedBehindAPartThatFailed() async throws {
        let (gates, sender, reported) = (Gates(), PartSender(atOnce: 2), Reported())
        for number in 1...2 {
            try await sender.begin {
                try await gates.send(number)
            } report: {
                reported.add($0.number)
            }
        }
        try await gates.open(1, arrives: false)
        try await gates.open(2)
        await #expect(throws: StorageError.self) { try await sender.finish() }
        await #expect(throws: StorageError.self) { try await sender.begin { try await gates.send(3) } }
        #expect(reported.numbers == [] && gates.waiting == [])
    }

    private final class Reported: Sendable {
        private let state = Mutex([Int]())
        var numbers: [Int] { state.withLock { $0 } }
        func add(_ number: Int) { state.withLock { $0.append(number) } }
    }
}
