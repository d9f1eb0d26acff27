import Domain

/// What a creator may ask for beside an upload.
struct UploadWishes {
    /// A pipeline definition by its name; `nil` for the deployment's own.
    let pipeline: String?
    /// The time of the picture that becomes the cover, in seconds.
    let coverSeconds: Double?
    /// An image that becomes the cover.
    let coverImage: UploadedPicture?

    init(pipeline: String?, coverSeconds: String?, coverImage: [UInt8]?) throws(APIError) {
        self.pipeline = pipeline.flatMap { $0.isEmpty ? nil : $0 }
        self.coverSeconds = try Self.seconds(coverSeconds)
        do { self.coverImage = try coverImage.map { bytes throws(InputRefusal) in try UploadedPicture(bytes) } } catch {
            throw APIError(.invalidPicture, error.message)
        }
        guard self.coverSeconds == nil || self.coverImage == nil else {
            throw APIError(
                .invalidParameter,
                "The cover is either an image or the picture at cover_seconds; send one of them.",
                chinese: "封面只能是上传的图片或 cover_seconds 指定的画面，请二选一。"
            )
        }
    }

    private static func seconds(_ text: String?) throws(APIError) -> Double? {
        guard let text, !text.isEmpty else { return nil }
        guard let seconds = Double(text), seconds.isFinite, seconds >= 0, seconds < 1e6 else {
            throw APIError(
                .invalidParameter,
                "cover_seconds must be a time in seconds from the start of the video, for example 2.5.",
                chinese: "cover_seconds 必须是从视频开头算起的秒数，例如 2.5。"
            )
        }
        return seconds
    }

    /// Refuses a pipeline that uploads may not name.
    func requirePipeline(among allowed: [String]) throws(APIError) {
        guard let pipeline, !allowed.contains(pipeline) else { return }
        let list = allowed.joined(separator: ", ")
        throw APIError(
            .invalidParameter,
            allowed.isEmpty
                ? "This server chooses the pipeline itself; leave the field pipeline out."
                : "There is no pipeline \(pipeline.prefix(64)); an upload may name \(list).",
            chinese: allowed.isEmpty ? "此服务器不支持选择 pipeline，请去掉该字段。" : "pipeline 只能是 \(list)。"
        )
    }

    static func coverTooLarge(_ maxBytes: Int) -> APIError {
        APIError(
            .fileTooLarge,
            "The cover is larger than \(maxBytes / 1024) KiB. Upload a smaller image.",
            chinese: "封面超过 \(maxBytes / 1024) KiB，请上传更小的图片。"
        )
    }
}
