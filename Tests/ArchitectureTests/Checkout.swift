import Foundation

/// The sources of this package, as files.
enum Checkout {
    static let root = URL(filePath: #filePath).appending(path: "../../..").standardized

    /// The Swift files of a target, by their path below `Sources/{target}`.
    static func files(of target: String) throws -> [(name: String, source: String)] {
        let folder = root.appending(path: "Sources/\(target)")
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }
        return try names.map { ($0, try String(contentsOf: folder.appending(path: $0), encoding: .utf8)) }
    }

    /// Every import of a target.
    static func imports(of target: String) throws -> [(file: String, module: String)] {
        try files(of: target).flatMap { file in
            file.source.matches(
                of: /(?m)^(?:@\w+ )*(?:public |package |internal )?import (?:struct |class |enum |func )?(\w+)/
            )
            .map { (file.name, String($0.1)) }
        }
    }
}
