/// What the multivariant playlist says about a rendition that was written.
struct RenditionSummary {
    /// Its initialization segment.
    let movie: Movie
    let playlist: MediaPlaylist
    /// The bytes of each segment of `playlist`.
    let sizes: [Int]
    let iFrames: MediaPlaylist
    let pictureCount: Int

    /// The segments as players choose them, by URI relative to the multivariant playlist.
    ///
    /// Containers are often wrong about a rate that varies: no less than what is there is stated.
    func variant(uri: String, framesPerSecond: Double) throws -> MultivariantPlaylist.Variant {
        var variant = try variant(uri, CodecsAttribute.of(movie), playlist, sizes)
        let measured = Double(pictureCount) / max(0.001, playlist.durationSeconds)
        variant.framesPerSecond = measured > framesPerSecond * 1.02 ? measured : framesPerSecond
        return variant
    }

    /// Only the pictures, without sound.
    func iFrameVariant(uri: String) throws -> MultivariantPlaylist.Variant {
        let codec = movie.video.flatMap { CodecsAttribute.of($0.entry) }
        return try variant(uri, codec, iFrames, iFrames.segments.map { $0.byteRange?.length ?? 0 })
    }

    private func variant(
        _ uri: String,
        _ codecs: String?,
        _ playlist: MediaPlaylist,
        _ sizes: [Int]
    ) throws -> MultivariantPlaylist.Variant {
        guard let codecs, let entry = movie.video?.entry else {
            throw MediaError(.internalFailure, "The encoder of \(uri) wrote no header.")
        }
        let samples = zip(sizes, playlist.segments).map {
            Bandwidth.Sample(sizeBytes: $0, durationSeconds: $1.durationSeconds)
        }
        return MultivariantPlaylist.Variant(
            uri: uri,
            bandwidth: Bandwidth.peak(samples, targetDuration: playlist.targetDuration),
            averageBandwidth: Bandwidth.average(samples),
            codecs: codecs,
            width: entry.width,
            height: entry.height,
            framesPerSecond: nil
        )
    }
}
