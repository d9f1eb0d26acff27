import Foundation

/// What is inside one HLS rendition, read from playlists and bytes.
struct RenditionContents {
    /// One media segment.
    struct Segment {
        var file: String
        var sizeBytes: Int
        /// Offsets of samples count from the segment's start.
        var fragments: [MovieFragment]
        /// The bytes of the first picture, and of later ones that claim to be keyframes.
        var keyframes: [[UInt8]]

        func samples(of track: Int?) -> [MovieFragment.Sample] {
            fragments.flatMap { $0.track(track)?.samples ?? [] }
        }
    }

    let variant: MultivariantPlaylist.Variant
    /// The rung's name and folder, for example `720` and `hls/720`.
    let name: String
    let folder: String
    let playlist: MediaPlaylist
    let iFrames: MediaPlaylist
    let movie: Movie
    let video: Movie.Track
    let parameters: VideoParameters
    let segments: [Segment]
    let pictures: TrackTiming
    let sound: TrackTiming?
    /// When each segment's first picture is shown, and when the last one's ends: one more than there are segments.
    let boundaries: [Double]

    var playlistFile: String { "\(folder)/\(PackageLayout.playlistName)" }
    var iFrameFile: String { "\(folder)/\(PackageLayout.iFramePlaylistName)" }
    var initializationFile: String { "\(folder)/\(playlist.mapURI ?? "")" }
    /// All of its files, as paths below the package's folder.
    var files: [String] { [playlistFile, iFrameFile, initializationFile] + segments.map(\.file) }
    /// How long all pictures are shown.
    var durationSeconds: Double { (boundaries.last ?? 0) - (boundaries.first ?? 0) }
    var longestPicture: Double {
        video.seconds(segments.flatMap { $0.samples(of: video.id) }.map(\.duration).max() ?? 0)
    }

    /// The segments as a player downloads them.
    var bandwidthSamples: [Bandwidth.Sample] {
        var spans = zip(boundaries, boundaries.dropFirst()).map { $1 - $0 }
        // Decoding times do not tell exactly how long the very last picture is shown; the playlist does.
        if let last = spans.last, let stated = playlist.segments.last?.durationSeconds,
            abs(last - stated) <= longestPicture
        {
            spans[spans.count - 1] = stated
        }
        return zip(segments, spans).map { .init(sizeBytes: $0.sizeBytes, durationSeconds: $1) }
    }
}

extension RenditionContents {
    /// Opens a rendition; `nil`, with the reason among the findings, if too little of it can be read to go on.
    init?(_ variant: MultivariantPlaylist.Variant, in package: URL, _ findings: inout Findings) {
        let name = String(variant.uri.prefix { $0 != "/" })
        let folder = PackageLayout.renditionFolder(name)
        guard variant.uri == "\(name)/\(PackageLayout.playlistName)", !name.isEmpty, name != ".." else {
            findings.add(.files, PackageLayout.master, "names \(variant.uri), which is no place for a rendition")
            return nil
        }
        let reader = RenditionReader(package: package, folder: folder)
        guard
            let playlist = reader.playlist(PackageLayout.playlistName, &findings),
            let iFrames = reader.playlist(PackageLayout.iFramePlaylistName, &findings)
        else { return nil }
        guard let map = playlist.mapURI else {
            findings.add(.map, "\(folder)/\(PackageLayout.playlistName)", "has no EXT-X-MAP")
            return nil
        }
        guard
            let (movie, video, parameters) = reader.initialization(map, &findings),
            let segments = reader.segments(playlist.segments.map(\.uri), movie, video, &findings)
        else { return nil }
        self.init(variant, name, folder, playlist, iFrames, movie, video, parameters, segments)
    }

    private init(
        _ variant: MultivariantPlaylist.Variant,
        _ name: String,
        _ folder: String,
        _ playlist: MediaPlaylist,
        _ iFrames: MediaPlaylist,
        _ movie: Movie,
        _ video: Movie.Track,
        _ parameters: VideoParameters,
        _ segments: [Segment]
    ) {
        (self.variant, self.name, self.folder) = (variant, name, folder)
        (self.playlist, self.iFrames, self.movie, self.video) = (playlist, iFrames, movie, video)
        (self.parameters, self.segments) = (parameters, segments)
        let timing = { (track: Movie.Track) in
            let fragments = segments.flatMap(\.fragments).compactMap { $0.track(track.id) }
            let samples = fragments.flatMap(\.samples)
            return TrackTiming(track: track, start: fragments.first?.decodeTime ?? 0, samples: samples)
        }
        pictures = timing(video)
        sound = movie.audio.map(timing)
        var first = 0
        var starts: [Double] = []
        for segment in segments {
            if pictures.shown.indices.contains(first) { starts.append(pictures.shown[first]) }
            first += segment.samples(of: video.id).count
        }
        boundaries = starts + [pictures.end]
    }
}
