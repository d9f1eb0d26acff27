import Foundation

/// The programs that `clipyard up` starts, found before anything is started.
struct Executables {
    let clipyard: String
    let nginx: String

    init() throws(UpError) {
        clipyard = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().path
        nginx = try Self.find("nginx")
        for tool in ["setpriv", "prlimit"] { _ = try Self.find(tool) }
        _ = try Self.mediaProgram()
    }

    /// The path of `clipyard-media`: beside this program, or on the `PATH`.
    static func mediaProgram() throws(UpError) -> String {
        let beside = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent().appending(path: "clipyard-media").path
        if FileManager.default.isExecutableFile(atPath: beside) { return beside }
        if let path = search("clipyard-media") { return path }
        throw UpError("clipyard-media is not beside clipyard. Build both: swift build -c release")
    }

    private static func find(_ name: String) throws(UpError) -> String {
        guard let path = search(name) else {
            throw UpError("\(name) is not installed. `make setup` installs what Clipyard needs.")
        }
        return path
    }

    /// Debian keeps servers in `/usr/sbin`, which is not on every user's `PATH`.
    private static func search(_ name: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        return (folders + ["/usr/sbin", "/usr/local/sbin", "/sbin"]).map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}
