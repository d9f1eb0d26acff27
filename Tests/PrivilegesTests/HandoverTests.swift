import Foundation
import Glibc
import Privileges
import TestSupport
import Testing

/// What changes hands, and above all what does not; only root can give anything away.
@Suite(.enabled(if: ServiceUser.isRoot, "only root can hand over files")) struct HandoverTests {
    private let folder: TemporaryFolder
    private let user: ServiceUser

    init() throws {
        folder = try TemporaryFolder()
        user = try #require(ServiceUser(name: "nobody"))
        for name in ["home/objects/a", "home/run"] {
            try FileManager.default.createDirectory(atPath: folder.path(name), withIntermediateDirectories: true)
        }
        for name in ["home/objects/a/source", "elsewhere"] {
            try Data("bytes".utf8).write(to: URL(filePath: folder.path(name)))
        }
    }

    private func owner(_ name: String) -> UInt32? {
        var facts = stat()
        return lstat(folder.path(name), &facts) == 0 ? facts.st_uid : nil
    }

    @Test func everythingBelowChangesHands() {
        #expect(Handover.run(folder.path("home"), to: user) == 5)
        for name in ["home", "home/objects", "home/objects/a", "home/objects/a/source", "home/run"] {
            #expect(owner(name) == user.uid, "\(name)")
        }
        #expect(Handover.run(folder.path("home"), to: user) == 0)
    }

    @Test func linksAreNotFollowed() throws {
        symlink(folder.path("elsewhere"), folder.path("home/link"))
        symlink(folder.url.path, folder.path("home/folder-link"))
        Handover.run(folder.path("home"), to: user)
        #expect(owner("elsewhere") == 0)
        #expect(owner("") == 0)
    }

    @Test func aLinkInsteadOfTheFolderIsNotFollowed() throws {
        symlink(folder.path("home"), folder.path("link"))
        #expect(Handover.run(folder.path("link"), to: user) == 0)
        #expect(owner("home") == 0)
    }

    /// The user of the folder may have given a file of root's a second name there.
    @Test func aSecondNameInTheUsersFolderChangesNothing() throws {
        Handover.run(folder.path("home"), to: user)
        link(folder.path("elsewhere"), folder.path("home/second-name"))
        Handover.run(folder.path("home"), to: user)
        #expect(owner("elsewhere") == 0)
    }

    @Test func whatBelongsToOthersStaysTheirs() throws {
        chown(folder.path("home/objects/a/source"), 12345, 12345)
        Handover.run(folder.path("home"), to: user)
        #expect(owner("home/objects/a/source") == 12345)
    }
}
