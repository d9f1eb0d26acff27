import Foundation
import TestSupport
import Testing

/// What goes wrong before anything runs is told in one sentence.
@Suite(.serialized) struct MistakeTests {
    private func up(_ environment: [String: String]) throws -> Command {
        try Command([Programs.clipyard, "up"], environment: environment, in: Programs.checkout)
    }

    private func expectOneSentence(_ command: Command, containing words: String...) {
        #expect(command.status != 0)
        for word in words { #expect(command.standardError.contains(word), "\(command.standardError)") }
        // Started by root, `up` first says as whom it goes on.
        let lines = command.standardError.split(separator: "\n").filter { !$0.contains("root starts everything") }
        #expect(lines.count == 1, "\(command.standardError)")
    }

    @Test(.timeLimit(.minutes(10))) func twoCopiesRunSideBySideAndKeepOutOfEachOthersWay() async throws {
        let folder = try TemporaryFolder()
        let one = try await RunningClipyard(home: "\(folder.path)/one")
        let two = try await RunningClipyard(home: "\(folder.path)/two")
        _ = try one.api.register("only-in-one")
        #expect(try two.api.register("only-in-one").id > 0)
        expectOneSentence(
            try up(["CLIPYARD_HOME": "\(folder.path)/three", "CLIPYARD_PORT": "\(one.port)"]),
            containing: "Port \(one.port)",
            "CLIPYARD_PORT="
        )
        expectOneSentence(
            try up(["CLIPYARD_HOME": one.home, "CLIPYARD_PORT": "\(try FreePort.next())"]),
            containing: "already runs",
            "CLIPYARD_HOME="
        )
        #expect(one.stop() == 0 && two.stop() == 0)
    }

    @Test func aMissingProgramNamesTheSetup() throws {
        let folder = try TemporaryFolder()
        let bare = "\(folder.path)/bin"
        try FileManager.default.createDirectory(atPath: bare, withIntermediateDirectories: true)
        let copy = "\(bare)/clipyard"
        try FileManager.default.copyItem(atPath: Programs.clipyard, toPath: copy)
        let command = try Command([copy, "up"], environment: ["CLIPYARD_HOME": "\(folder.path)/home"])
        expectOneSentence(command, containing: "clipyard-media is not beside clipyard")
    }

    @Test func aHomeThatCannotBeWrittenIsNamed() throws {
        expectOneSentence(try up(["CLIPYARD_HOME": "/proc/clipyard"]), containing: "/proc/clipyard", "CLIPYARD_HOME")
    }

    @Test(arguments: ["serve", "worker"]) func anAddressOfTheDatabaseThatIsNoneIsTold(command: String) throws {
        let folder = try TemporaryFolder()
        let environment = [
            "CLIPYARD_HOME": folder.path,
            "CLIPYARD_DATABASE_URL": "postgresql://clipyard:hidden@[localhost/clipyard",
            "CLIPYARD_TOKEN_SECRET": String(repeating: "s", count: 32),
        ]
        let command = try Command([Programs.clipyard, command], environment: environment, in: Programs.checkout)
        expectOneSentence(command, containing: "CLIPYARD_DATABASE_URL", "postgresql://user:password@")
        #expect(!command.standardError.contains("hidden"))
    }

    @Test func everyMistakeInTheSettingsIsTold() throws {
        let command = try up(["CLIPYARD_PORT": "abc", "CLIPYARD_LEASE_SECONDS": "1", "CLIPYARD_PROT": "8080"])
        #expect(command.status != 0)
        for name in ["CLIPYARD_PORT is “abc”", "CLIPYARD_LEASE_SECONDS", "CLIPYARD_PROT is not a setting"] {
            #expect(command.standardError.contains(name), "\(command.standardError)")
        }
    }
}
