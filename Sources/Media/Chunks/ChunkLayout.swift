/// Where the files of an encoded window, or of the sound, are below their folder.
enum ChunkLayout {
    /// Written last: a folder without it is not complete.
    static let manifest = "chunk.json"
    static let soundManifest = "sound.json"
    static let sound = "sound.nut"

    static func pictures(_ rung: String) -> String { "\(rung).nut" }
}
