import Foundation

/// The programs as they were built, beside the tests.
enum Programs {
    static let folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    static var clipyard: String { folder.appending(path: "clipyard").path }
    static var media: String { folder.appending(path: "clipyard-media").path }
    static var sandboxProbe: String { folder.appending(path: "sandbox-probe").path }
    static let checkout = URL(filePath: #filePath).appending(path: "../../..").standardized.path
}
