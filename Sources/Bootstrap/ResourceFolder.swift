public import Foundation

/// Finds the data files that ship beside the programs: `sql/`, `pipelines/`, `samples/`, `docker/`.
public enum ResourceFolder {
    /// Looks for `path` from the working directory, then upwards from the program's own folder
    /// (`.build/release/clipyard` in a checkout) and in its `../share/clipyard`.
    ///
    /// - Returns: an absolute path, or `nil` if it is nowhere.
    public static func find(_ path: String) -> String? {
        let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        var candidates = [
            URL(filePath: FileManager.default.currentDirectoryPath), program.appending(path: "../share/clipyard"),
        ]
        candidates += sequence(first: program) { $0.path == "/" ? nil : $0.deletingLastPathComponent() }
        return candidates.map { $0.appending(path: path).standardized.path }
            .first { FileManager.default.fileExists(atPath: $0) }
    }
}
