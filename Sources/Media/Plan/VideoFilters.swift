import FFmpeg

/// The text of filter graphs for pictures.
///
/// Only text, so that tables can test it.
enum VideoFilters {
    /// How a player shows a coded picture.
    struct Orientation: Sendable, Equatable {
        var rotationDegrees = 0
        var isMirrored = false

        var isSideways: Bool { rotationDegrees % 180 != 0 }
    }

    /// Makes a decoded picture what an encoder wants: upright, square pixels, 8-bit SDR, progressive, the rung's size.
    ///
    /// `size` is the size after everything; `frameRateCap` the frames per second to thin out to, `nil` to keep all.
    static func source(
        _ traits: PictureTraits,
        orientation: Orientation,
        size: (width: Int, height: Int),
        frameRateCap: Int?,
        timeBase: Rational,
        workingTimeBase: Rational
    ) -> String {
        // Scaling comes before turning, so that large pictures are not turned.
        let coded = orientation.isSideways ? (size.height, size.width) : size
        let traits = traits.convertible
        let color = OutputColor(for: traits)
        var filters = [input(traits, timeBase: timeBase)]
        if traits.isInterlaced { filters.append("bwdif=mode=send_frame:parity=auto:deint=interlaced") }
        if let frameRateCap { filters.append("fps=fps=\(frameRateCap)") }
        // Black shows through where a picture is not opaque; a conversion alone would show colours that nobody was to see.
        if traits.hasAlpha { filters.append("premultiply=inplace=1") }
        filters += scaling(traits, to: coded)
        filters.append("setsar=1")
        filters += turning(orientation)
        filters.append(
            "setparams=range=tv:color_primaries=\(color.primaries):color_trc=\(color.transfer)"
                + ":colorspace=\(color.matrix)"
        )
        filters.append("settb=\(workingTimeBase)")
        filters.append("buffersink@out")
        return filters.joined(separator: ",")
    }

    /// Scales a rung's picture down to the next rung.
    static func cascade(_ traits: PictureTraits, size: (width: Int, height: Int), timeBase: Rational) -> String {
        "\(input(traits, timeBase: timeBase)),\(plainScale(to: size)),buffersink@out"
    }

    /// Scales 8-bit 4:2:0 of even size, and nothing else.
    ///
    /// zscale takes 60 % of the time of `scale` for the same kernel; the parameters are those of `flags=bicubic`.
    private static func plainScale(to size: (width: Int, height: Int)) -> String {
        "zscale=w=\(size.width):h=\(size.height):filter=bicubic:param_a=0:param_b=0.6"
    }

    /// The graph's beginning: what its pictures are like.
    static func input(_ traits: PictureTraits, timeBase: Rational) -> String {
        "buffer@in=video_size=\(traits.width)x\(traits.height):pix_fmt=\(traits.pixelFormat)"
            + ":time_base=\(timeBase):pixel_aspect=\(traits.sampleAspectRatio)"
    }

    private static func scaling(_ traits: PictureTraits, to size: (width: Int, height: Int)) -> [String] {
        if traits.needsToneMapping { return toneMapping(traits, to: size) }
        if traits.isWideGamut || traits.matrix == "ycgco" { return gamutMapping(traits, to: size) }
        let isSameSize = traits.width == size.width && traits.height == size.height
        if traits.pixelFormat == "yuv420p", !traits.isFullRange, !traits.hasRareMatrix {
            if isSameSize { return [] }
            // zscale refuses odd sizes.
            if traits.width % 2 == 0, traits.height % 2 == 0 { return [plainScale(to: size)] }
        }
        var scale = "scale=\(size.width):\(size.height):flags=bicubic"
        if traits.isFullRange { scale += ":in_range=pc:out_range=tv" }
        if traits.isRGB { scale += ":out_color_matrix=bt709:out_range=tv" }
        if traits.hasRareMatrix, let matrix = traits.matrix {
            scale += ":in_color_matrix=\(matrix):out_color_matrix=bt709"
        }
        return [scale, "format=yuv420p"]
    }

    /// HDR to SDR: to linear light with 203 cd/m² as white, to BT.709's colours, then a curve that keeps highlights.
    ///
    /// The curve ends at 1000 cd/m², in units of 203: what cameras write and studios grade to.
    /// What a file says of its brightest picture is wrong too often to be used.
    ///
    /// HLG's light depends on the luminance of all three colours; zscale's approximation takes each alone, and makes
    /// saturated ones darker by half. PQ does not need the exact form, which costs more.
    private static func toneMapping(_ traits: PictureTraits, to size: (width: Int, height: Int)) -> [String] {
        let exactness = traits.transfer == "arib-std-b67" ? ":agamma=false" : ""
        return [
            tags(traits), "zscale=w=\(size.width):h=\(size.height):t=linear:npl=203\(exactness)", "format=gbrpf32le",
            "zscale=p=bt709", "tonemap=tonemap=hable:desat=0:peak=4.93", "zscale=t=bt709:m=bt709:r=tv",
            "format=yuv420p",
        ]
    }

    private static func gamutMapping(_ traits: PictureTraits, to size: (width: Int, height: Int)) -> [String] {
        [
            tags(traits), "zscale=w=\(size.width):h=\(size.height):p=bt709:t=bt709:m=bt709:r=tv", "format=yuv420p",
        ]
    }

    /// Names what the source leaves open: zscale finds "no path between colorspaces" otherwise.
    private static func tags(_ traits: PictureTraits) -> String {
        let isWide = traits.needsToneMapping || traits.isWideGamut
        return "setparams=color_primaries=\(traits.primaries ?? (isWide ? "bt2020" : "bt709"))"
            + ":color_trc=\(traits.transfer ?? "bt709"):colorspace=\(traits.matrix ?? (isWide ? "bt2020nc" : "bt709"))"
    }

    /// The display matrix mirrors first and turns then, clockwise.
    static func turning(_ orientation: Orientation) -> [String] {
        let mirror = orientation.isMirrored ? ["hflip"] : []
        switch orientation.rotationDegrees {
        case 90: return mirror + ["transpose=clock"]
        case 180: return mirror + ["hflip", "vflip"]
        case 270: return mirror + ["transpose=cclock"]
        default: return mirror
        }
    }
}
