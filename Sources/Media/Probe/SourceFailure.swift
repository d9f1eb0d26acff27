import Domain
import FFmpeg

/// Turns what libav* says about a creator's file into a refusal that the creator understands.
enum SourceFailure {
    static let noVideo = MediaRefusal(
        .noVideo,
        "The file has no moving pictures; upload a video, not a sound recording or a still image."
    )
    static let noPictures = MediaRefusal(
        .damaged,
        "The size of the file's pictures cannot be found; export the video again and upload that."
    )
    static let dolbyVisionOnly = MediaRefusal(
        .unsupportedFormat,
        "The video is Dolby Vision without another layer, which only Dolby's own players show in the right colours; "
            + "export it as HDR10, HLG or SDR."
    )
    static let encrypted = MediaRefusal(
        .encrypted,
        "The file is protected, and only its own player has the key; upload a video that you recorded or exported yourself."
    )
    static let refersToOtherFiles = MediaRefusal(
        .unsupportedFormat,
        "The file only refers to pictures or sound in other files; export it as one self-contained file and upload that."
    )
    static let truncated = MediaRefusal(
        .truncated,
        "The file ends before its last picture: the recording or a transfer was cut short; upload it again from the start."
    )
    static let damaged = MediaRefusal(
        .damaged,
        "Too much of the file cannot be decoded; export the video again and upload that."
    )
    static let tookTooLong = MediaRefusal(
        .tooExpensive,
        "The file takes too long to read; export it as MP4 and upload that."
    )

    static let notInterleaved = MediaRefusal(
        .damaged,
        "The file keeps its sound too far from its pictures; export it as MP4 and upload that."
    )
    static let tooMuchInside = MediaRefusal(
        .tooExpensive,
        "The file holds far more pictures than its headers say; export the video again and upload that."
    )

    static func tooManyStreams(limit: Int) -> MediaRefusal {
        MediaRefusal(
            .tooManyStreams,
            "The file has more than \(limit) streams; export it with one video and one audio track."
        )
    }

    static func noDecoder(for kind: String, _ codec: String) -> MediaRefusal {
        MediaRefusal(
            .unsupportedFormat,
            "The file's \(kind) is coded as \(codec), which is not supported; export it as MP4 with H.264 and AAC."
        )
    }

    /// `looksLikeMP4` says whether the file starts as an MP4 or MOV file does.
    static func whenOpening(_ error: any Error, looksLikeMP4: Bool) -> any Error {
        guard let error = error as? FFmpegError else { return error }
        let log = error.logLine ?? ""
        if error.reason == .interrupted { return tookTooLong }
        if log.contains("max_streams") { return tooManyStreams(limit: 1000) }
        // The demuxer is also chosen for anything that is merely named like an MP4 file.
        if log.contains("moov atom not found"), looksLikeMP4 { return truncated }
        if log.contains("not on whitelist") {
            return MediaRefusal(
                .unsupportedFormat,
                "The file is of a kind that is not accepted; upload MP4, MOV, WebM, MKV, AVI, MPEG or 3GP."
            )
        }
        if error.operation == "open input", error.reason == .invalidData {
            return MediaRefusal(
                .notMedia,
                "The file is not a video that can be recognised; upload MP4, MOV, WebM, MKV, AVI, MPEG or 3GP."
            )
        }
        return MediaRefusal(.damaged, "The file's headers are broken; export the video again and upload that.")
    }
}
