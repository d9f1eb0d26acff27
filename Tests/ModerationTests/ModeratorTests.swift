import Foundation
import Logging
import Moderation
import Synchronization
import Testing

@Suite struct ModeratorTests {
    @Test func withoutAListNothingIsFound() throws {
        let moderator = try Moderator(wordListPath: nil)
        #expect(ModeratedField.allCases.allSatisfy { moderator.check("赌博", as: $0) == .clean })
        #expect(try !moderator.reloadIfChanged())
    }

    @Test func aNameIsRefusedAndOtherTextsAreMasked() throws {
        let folder = try TemporaryFolder()
        let moderator = try Moderator(wordListPath: folder.write("赌博"))
        #expect(moderator.check("赌博王", as: .name) == .refused)
        for field in ModeratedField.allCases where field != .name {
            #expect(moderator.check("来赌博", as: field) == .masked("来**"))
            #expect(moderator.check("来", as: field) == .clean)
        }
        #expect(moderator.check("王", as: .name) == .clean)
    }

    @Test(arguments: [
        (ModerationPolicy.off, ModerationOutcome.clean), (.refuse, .refused), (.mask, .masked("**")), (.hold, .held),
    ])
    func eachFieldHasItsPolicy(policy: ModerationPolicy, outcome: ModerationOutcome) throws {
        let folder = try TemporaryFolder()
        let moderator = try Moderator(wordListPath: folder.write("赌博"), policies: [.comment: policy])
        #expect(moderator.check("赌博", as: .comment) == outcome)
        #expect(moderator.check("博", as: .comment) == .clean)
        #expect(moderator.check("赌博", as: .name) == .refused)
        #expect(moderator.policies[.comment] == policy)
        #expect(moderator.policies.count == ModeratedField.allCases.count)
    }

    @Test func aTextOfStarsIsClean() throws {
        let folder = try TemporaryFolder()
        #expect(try Moderator(wordListPath: folder.write("赌博")).check("** e\u{301}", as: .title) == .clean)
    }

    @Test func aBrokenListDoesNotStart() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("ok\nv+")
        let error = #expect(throws: WordListError.self) { try Moderator(wordListPath: path) }
        #expect(error?.description.hasPrefix("\(path):2: “v+” ") == true)
    }

    @Test func aChangedFileIsReadOnce() throws {
        let folder = try TemporaryFolder()
        try folder.write("赌博", modified: Date(timeIntervalSince1970: 1_000_000_000))
        let moderator = try Moderator(wordListPath: folder.list)
        #expect(try !moderator.reloadIfChanged())
        // Another file of the same size and time, as `cp -p` and `mv` leave it.
        try folder.write("诈骗", modified: Date(timeIntervalSince1970: 1_000_000_000))
        #expect(try moderator.reloadIfChanged())
        #expect(try !moderator.reloadIfChanged())
        #expect(moderator.check("赌博诈骗", as: .comment) == .masked("赌博**"))
    }

    @Test func aFileWrittenInPlaceIsReadAgain() throws {
        let folder = try TemporaryFolder()
        let moderator = try Moderator(wordListPath: folder.write("赌博"))
        let file = try FileHandle(forWritingTo: URL(filePath: folder.list))
        try file.seekToEnd()
        try file.write(contentsOf: Data("\n诈骗".utf8))
        try file.close()
        #expect(try moderator.reloadIfChanged())
        #expect(moderator.check("诈骗", as: .comment) == .masked("**"))
    }

    @Test func aBrokenFileIsToldOnceAndTheWordsStay() throws {
        let folder = try TemporaryFolder()
        let moderator = try Moderator(wordListPath: folder.write("赌博"))
        try folder.write("诈骗\n***")
        #expect(throws: WordListError.self) { try moderator.reloadIfChanged() }
        #expect(try !moderator.reloadIfChanged())
        #expect(moderator.check("赌博诈骗", as: .comment) == .masked("**诈骗"))
        try folder.write("诈骗")
        #expect(try moderator.reloadIfChanged())
        #expect(moderator.check("赌博诈骗", as: .comment) == .masked("赌博**"))
    }

    @Test func aVanishedFileIsToldOnceAndTheWordsStay() throws {
        let folder = try TemporaryFolder()
        let moderator = try Moderator(wordListPath: folder.write("赌博"))
        try folder.remove()
        #expect(throws: WordListError.self) { try moderator.reloadIfChanged() }
        #expect(try !moderator.reloadIfChanged())
        #expect(moderator.check("赌博", as: .name) == .refused)
        try folder.write("诈骗")
        #expect(try moderator.reloadIfChanged())
        #expect(moderator.check("赌博", as: .name) == .clean)
    }

    @Test func aLinkIsFollowed() throws {
        let (folder, target) = (try TemporaryFolder(), try TemporaryFolder())
        try target.write("赌博")
        try FileManager.default.createSymbolicLink(atPath: folder.list, withDestinationPath: target.list)
        let moderator = try Moderator(wordListPath: folder.list)
        try target.write("诈骗")
        #expect(try moderator.reloadIfChanged())
    }

    @Test(.timeLimit(.minutes(10)))
    func runReloadsAndLogsEachErrorOnceUntilItIsCancelled() async throws {
        let folder = try TemporaryFolder()
        let log = RecordedLog()
        let logger = Logger(label: "test") { _ in log }
        let moderator = try Moderator(wordListPath: folder.write("赌博"), logger: logger)
        let running = Task { await moderator.run(checkingEvery: .milliseconds(5)) }
        try folder.write("+\n")
        while log.lines.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        try folder.write("诈骗")
        while moderator.check("诈骗", as: .comment) == .clean { try await Task.sleep(for: .milliseconds(5)) }
        running.cancel()
        await running.value
        #expect(log.lines.map(\.level) == [.error, .info])
        #expect(log.lines.first?.message.contains("\(folder.list):1: “+”") == true)
    }

    @Test func checksAndReloadsMayHappenAtOnce() async throws {
        let folder = try TemporaryFolder()
        let moderator = try Moderator(wordListPath: folder.write("赌博\n诈骗"))
        await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask { (0..<500).count { _ in moderator.check("赌博", as: .comment) != .masked("**") } }
            }
            for round in 0..<50 {
                #expect(throws: Never.self) {
                    try folder.write("赌博\n\(round)")
                    #expect(try moderator.reloadIfChanged())
                }
            }
            for await missed in group { #expect(missed == 0) }
        }
    }
}

/// Keeps what is logged.
private final class RecordedLog: LogHandler {
    struct Line {
        let level: Logger.Level
        let message: String
    }

    private let recorded = Mutex<[Line]>([])
    var lines: [Line] { recorded.withLock { $0 } }

    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }
    subscript(metadataKey _: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        recorded.withLock { $0.append(Line(level: event.level, message: "\(event.message)")) }
    }
}
