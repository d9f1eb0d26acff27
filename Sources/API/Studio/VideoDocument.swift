import Database
import Domain
import Foundation
import NIOCore

/// A video as `/api/v1/videos/{id}` answers it; `docs/api.md` explains every field.
struct VideoDocument: Encodable {
    let id: Int64
    let author_id: Int64
    let title: String
    let visibility: String
    /// `processing`, `playable`, `complete` or `failed`.
    let state: String
    let created_at: String
    let playable_at: String?
    let complete_at: String?
    let progress: Progress?
    let failure: Failure?
    let media: Media?

    struct Progress: Encodable {
        let fraction: Double
        let seconds_left: Double?
    }

    struct Failure: Encodable {
        let code: String
        let message: String
    }

    struct Media: Encodable {
        let width: Int
        let height: Int
        let duration_seconds: Double
        let thumb_hash: String?
        let play_url: String
        let hls_url: String
        let cover_url: String
        /// Only what is complete has these, and only if its pipeline makes them.
        let preview_url: String?
        let storyboard_url: String?
        let renditions: [RenditionDocument]
    }

    struct RenditionDocument: Encodable {
        let name: String
        let width: Int
        let height: Int
        let bandwidth: Int
        let average_bandwidth: Int
        let codecs: String

        init(_ rendition: Rendition) {
            name = rendition.name
            (width, height) = (rendition.width, rendition.height)
            (bandwidth, average_bandwidth) = (rendition.bandwidth, rendition.averageBandwidth)
            codecs = rendition.codecs
        }
    }
}

extension VideoDocument {
    init(_ status: VideoStatus, _ progress: VideoProgress?, _ addresses: PublicAddresses) {
        id = status.id.rawValue
        author_id = status.authorID.rawValue
        title = status.title
        visibility = status.visibility.rawValue
        state = Self.state(of: status)
        created_at = Self.time(status.createdMilliseconds)
        playable_at = status.playableMilliseconds.map(Self.time)
        complete_at = status.completeMilliseconds.map(Self.time)
        self.progress = progress.map { Progress(fraction: $0.fraction, seconds_left: $0.secondsLeft) }
        failure = status.failure.map { Failure(code: $0.code, message: $0.reason) }
        media = Media(status, addresses)
    }

    private static func state(of status: VideoStatus) -> String {
        guard status.state == .ready else { return status.state.rawValue }
        return status.completeMilliseconds == nil ? "playable" : "complete"
    }

    /// As RFC 3339 writes it, in UTC with milliseconds.
    private static func time(_ milliseconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(milliseconds) / 1000)
            .formatted(
                .iso8601.year().month().day().time(includingFractionalSeconds: true).timeZone(separator: .omitted)
            )
    }
}

extension VideoDocument.Media {
    fileprivate init?(_ status: VideoStatus, _ addresses: PublicAddresses) {
        // What an operator hid has no addresses: its author could hand on new ones for ever.
        guard status.state == .ready, status.visibility != .hidden, let prefix = status.mediaPrefix,
            let width = status.width,
            let height = status.height, let duration = status.durationSeconds
        else { return nil }
        (self.width, self.height, duration_seconds) = (width, height, duration)
        thumb_hash = status.thumbHash
        let folder = addresses.media(in: prefix, status.visibility)
        play_url = "\(folder)play.mp4"
        hls_url = "\(folder)hls/master.m3u8"
        cover_url = "\(folder)cover.jpg"
        preview_url = status.hasPreview ? "\(folder)preview.webp" : nil
        storyboard_url = status.hasStoryboard ? "\(folder)storyboard.vtt" : nil
        renditions = status.renditions.map(VideoDocument.RenditionDocument.init)
    }
}
