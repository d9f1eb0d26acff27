import FFmpeg

/// The text of filter graphs for still and small pictures.
///
/// What enters is upright SDR in square pixels, as `VideoFilters.source` makes it.
enum PictureFilters {
    /// What a program looks at: red, green and blue, small enough to be cheap, large enough to tell sharp from blurred.
    static func look(_ traits: PictureTraits, longSide: Int = 160) -> String {
        let size = PictureSize(width: traits.width, height: traits.height).fitting(longSide: longSide)
        return graph(traits, ["scale=\(size.width):\(size.height):flags=area", "format=rgb24"])
    }

    /// JPEG stores full range, and knows BT.601 only.
    static func jpeg(_ traits: PictureTraits, size: PictureSize) -> String {
        let scale = "scale=\(size.width):\(size.height):out_range=pc:out_color_matrix=bt601:flags=bicubic"
        return graph(traits, [scale, "format=yuvj420p"])
    }

    /// WebP stores limited range, also in BT.601.
    static func webp(_ traits: PictureTraits, size: PictureSize) -> String {
        let scale = "scale=\(size.width):\(size.height):out_range=tv:out_color_matrix=bt601:flags=bicubic"
        return graph(traits, [scale, "format=yuv420p"])
    }

    /// A picture that was uploaded, upright and on white where it is transparent.
    static func upload(_ traits: PictureTraits, orientation: VideoFilters.Orientation, size: PictureSize) -> String {
        let coded = orientation.isSideways ? PictureSize(width: size.height, height: size.width) : size
        // Colours without a tag are what every web browser takes them for, and grey has no matrix.
        let scale = "scale=\(coded.width):\(coded.height):flags=bicubic,format=rgba"
        let turning = VideoFilters.turning(orientation).map { ",\($0)" }.joined()
        return "color=c=white:s=\(size.width)x\(size.height):r=1:d=1,format=rgb24[paper];"
            + "\(input(traits)),\(scale)\(turning)[picture];[paper][picture]overlay=format=rgb:shortest=1,"
            + "scale=out_range=tv:out_color_matrix=bt601,format=yuv420p,setsar=1,buffersink@out"
    }

    /// Pictures of one size, side by side on one sheet, in the form that JPEG stores.
    static func sheet(_ traits: PictureTraits, columns: Int, rows: Int, count: Int) -> String {
        graph(traits, ["tile=\(columns)x\(rows):nb_frames=\(count)", "format=yuvj420p"])
    }

    private static func graph(_ traits: PictureTraits, _ filters: [String]) -> String {
        ([input(traits)] + filters + ["buffersink@out"]).joined(separator: ",")
    }

    private static func input(_ traits: PictureTraits) -> String {
        VideoFilters.input(traits, timeBase: Rational(1, 90_000))
    }
}

extension Frame {
    /// What one filter graph makes of this one picture.
    borrowing func filtered(_ makeText: (PictureTraits) -> String) throws -> Frame {
        var traits = traits
        // Sizes are planned for square pixels.
        traits.sampleAspectRatio = Rational(1, 1)
        let graph = try FilterGraph(makeText(traits))
        let sink = try graph.sink("buffersink@out")
        try graph.push(self)
        try graph.pushEnd()
        guard let picture = try sink.nextFrame() else {
            throw MediaError(.internalFailure, "A picture was lost in its filters.")
        }
        return picture
    }
}
