/// What kind of bytes an object holds, by the end of its key: the types of HLS (RFC 8216) and of what else a package holds.
public enum ContentType {
    private static let types = [
        "mp4": "video/mp4", "m4s": "video/iso.segment", "m3u8": "application/vnd.apple.mpegurl", "jpg": "image/jpeg",
        "png": "image/png", "webp": "image/webp", "vtt": "text/vtt", "json": "application/json",
    ]

    public static func of(_ key: ObjectKey) -> String {
        let end = key.rawValue.split(separator: ".").last.map(String.init) ?? ""
        return types[end] ?? "application/octet-stream"
    }
}
