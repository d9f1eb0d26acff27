import Foundation
import Testing

/// The contract, against the built program: `docs/api.md` in tests, one after another, on one running copy of it.
@Suite(.serialized, .contractStage, .timeLimit(.minutes(10))) enum ContractTests {}

/// A running program with an author and two playable videos.
struct ContractStage: Sendable {
    @TaskLocal static var current: ContractStage?

    let clipyard: RunningClipyard
    let api: ContractClient
    let author: ContractClient.Member
    /// Playable, from the clips of `samples/`.
    let videos: [Int64]

    static var here: ContractStage {
        get throws { try #require(current, "a test of the contract runs within ContractTests") }
    }

    init(_ clipyard: RunningClipyard) async throws {
        self.clipyard = clipyard
        api = ContractClient(port: clipyard.port)
        author = try api.join()
        for name in ["sunrise.mp4", "browser.webm"] {
            let answer = try api.publish(clip: "\(Programs.checkout)/samples/\(name)", title: name, by: author)
            try #require(answer.code == .success, "\(answer.message)")
        }
        videos = try await api.settled(author).compactMap { $0["id"].int }
    }
}

struct ContractStageTrait: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let clipyard = try await RunningClipyard(home: "\(folder.path)/home")
        try await ContractStage.$current.withValue(ContractStage(clipyard)) { try await function() }
        #expect(clipyard.stop() == 0)
    }
}

extension Trait where Self == ContractStageTrait {
    static var contractStage: Self { Self() }
}
