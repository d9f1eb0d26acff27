/// Where the one picture of an I-frame playlist's entry is in its media segment.
enum IFrameRange {
    /// From the segment's start, so with the index of its fragment, to the end of the first picture.
    ///
    /// The muxer writes the pictures of a fragment before its sound, so little else is in between.
    static func first(in segment: [UInt8], of movie: Movie) throws(MalformedMedia) -> MediaPlaylist.ByteRange {
        guard let moof = try MP4Box.row(in: segment[...]).first(where: { $0.type == "moof" }) else {
            throw MalformedMedia("has no moof")
        }
        let fragment = try MovieFragment(moof, defaults: movie.defaults)
        guard let picture = fragment.track(movie.video?.id)?.samples.first else {
            throw MalformedMedia("has no pictures")
        }
        return .init(length: moof.start + picture.offset + picture.size, offset: 0)
    }
}
