import Foundation

/// Where pipeline definitions are.
public struct PipelineFolder: Sendable {
    private let defaultPath: String
    private let folder: String?

    /// - Parameters:
    ///   - defaultPath: the definition of videos whose creator named none.
    ///   - folder: holds the others, called `NAME.yaml`.
    public init(defaultPath: String, folder: String?) {
        self.defaultPath = defaultPath
        self.folder = folder
    }

    /// The path of a definition; `nil` if there is none of this name.
    public func path(of name: String?) -> String? {
        guard let name else { return defaultPath }
        guard let folder, Self.isName(name) else { return nil }
        let path = "\(folder)/\(name).yaml"
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }

    /// Whether a text can be the name of a definition, and is no path.
    public static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
            }
    }
}
