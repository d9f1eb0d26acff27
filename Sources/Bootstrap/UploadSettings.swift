/// What an operator can set about uploads.
public struct UploadSettings: Sendable {
    /// `CLIPYARD_UPLOAD_MAX_BYTES` (default 4 GiB): the largest file of an upload.
    public let maxBytes: Int
    /// `CLIPYARD_UPLOAD_LIFETIME_SECONDS` (default 24 h): how long an upload that broke off waits for its next byte.
    public let lifetimeSeconds: Int
    /// `CLIPYARD_UPLOAD_BYTES_PER_DAY` (default 100 GiB): what a user may upload within 24 hours; 0 for any number.
    public let bytesPerDay: Int
    /// `CLIPYARD_UPLOAD_VIDEOS_PER_HOUR` (default 100): videos a user may upload within an hour; 0 for any number.
    public let videosPerHour: Int
    /// `CLIPYARD_UPLOADS_AT_ONCE` (default 50): uploads a user may have under way; 0 for any number.
    public let atOnce: Int
    /// `CLIPYARD_UPLOAD_DEDUPE` (default `yes`): whether a user's second video of the same bytes shows what was made for
    /// the first.
    public let findsDuplicates: Bool
    /// `CLIPYARD_REPEAT_SECONDS` (default 10 min): how long after a video was published the same bytes with the same title
    /// are taken for the same request, sent again; 0 for never.
    public let repeatSeconds: Int
    /// `CLIPYARD_KEEP_UNFINISHED_DAYS` (default 7): how long the bytes of an upload that failed 20 times to become a video
    /// wait for `clipyard uploads retry`.
    public let unfinishedDays: Int

    init(_ reader: inout SettingsReader) {
        maxBytes = reader.integer("CLIPYARD_UPLOAD_MAX_BYTES", default: 4 << 30, in: 1...(1 << 40))
        lifetimeSeconds = reader.integer("CLIPYARD_UPLOAD_LIFETIME_SECONDS", default: 86_400, in: 1...(30 * 86_400))
        bytesPerDay = reader.integer("CLIPYARD_UPLOAD_BYTES_PER_DAY", default: 100 << 30, in: 0...(1 << 50))
        videosPerHour = reader.integer("CLIPYARD_UPLOAD_VIDEOS_PER_HOUR", default: 100, in: 0...1_000_000)
        atOnce = reader.integer("CLIPYARD_UPLOADS_AT_ONCE", default: 50, in: 0...1_000_000)
        findsDuplicates = reader.choice("CLIPYARD_UPLOAD_DEDUPE", default: YesNo.yes) == .yes
        repeatSeconds = reader.integer("CLIPYARD_REPEAT_SECONDS", default: 600, in: 0...86_400)
        unfinishedDays = reader.integer("CLIPYARD_KEEP_UNFINISHED_DAYS", default: 7, in: 1...365)
    }
}
